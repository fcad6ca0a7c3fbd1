package io.ssyncd.daemon.pair;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a daemon of this host a question of one word that it answers at once. */
final class ControlQuestion {
  /** A daemon that hangs, or was stopped, takes a connection and never answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  private ControlQuestion() {}

  /** The result; empty if nobody answers within {@link #PATIENCE}, or says no. */
  static Optional<JsonNode> ask(Path socket, String verb) {
    return ask(socket, verb, PATIENCE);
  }

  static Optional<JsonNode> ask(Path socket, String verb, Duration patience) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> close(channel));
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer question =
          ByteBuffer.wrap(("{\"verb\":\"" + verb + "\"}\n").getBytes(StandardCharsets.UTF_8));
      while (question.hasRemaining()) {
        channel.write(question);
      }
      String line =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
      return line == null
          ? Optional.empty()
          : Optional.ofNullable(JSON.readTree(line).get("result"));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Whoever waits for it goes on; closed already, it stays so. */
  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a socket cannot fail half-way", e);
    }
  }
}
