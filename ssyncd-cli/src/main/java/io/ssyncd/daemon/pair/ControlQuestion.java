package io.ssyncd.daemon.pair;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Asks a daemon of this host a question of one word that it answers at once. */
final class ControlQuestion {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ControlQuestion() {}

  /** The result; empty if nobody answers, or says no. */
  static Optional<JsonNode> ask(Path socket, String verb) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
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
}
