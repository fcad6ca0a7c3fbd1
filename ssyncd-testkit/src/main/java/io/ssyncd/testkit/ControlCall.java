package io.ssyncd.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request to a daemon's control socket, spoken here and not through {@code ssyncdctl}: for
 * polling, and for requests that the tool would not make.
 */
public final class ControlCall {
  /** How long an answer is waited for: longer than the daemon waits for its cluster. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ControlCall() {}

  /**
   * An answer.
   *
   * @param exit the exit code that the daemon gives it
   * @param items the lines before the last one
   * @param result what the last line says; an empty object if it says an error
   * @param error the error; null if there is none
   */
  public record Reply(int exit, List<JsonNode> items, JsonNode result, @Nullable String error) {}

  /** A request that says only its verb; add to it what the verb needs. */
  public static ObjectNode request(String verb) {
    return JsonNodeFactory.instance.objectNode().put("verb", verb);
  }

  /**
   * Asks.
   *
   * @throws IOException if nobody listens, or the answer is not whole within {@link #PATIENCE}
   */
  public static Reply ask(Path socket, ObjectNode request) throws IOException {
    return ask(socket, request, PATIENCE);
  }

  /**
   * Asks a daemon that may stand still.
   *
   * @throws IOException if nobody listens, or the answer is not whole within {@code patience}
   */
  public static Reply ask(Path socket, ObjectNode request, Duration patience) throws IOException {
    return parse(raw(socket, (request + "\n").getBytes(StandardCharsets.UTF_8), patience));
  }

  /**
   * Sends bytes as they are and returns all that comes back until the daemon closes.
   *
   * @throws IOException if nobody listens, or the daemon does not close in time
   */
  public static byte[] raw(Path socket, byte[] request, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      ByteBuffer out = ByteBuffer.wrap(request);
      ByteBuffer in = ByteBuffer.allocate(CHUNK_BYTES);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      SelectionKey key = channel.register(selector, 0);
      while (true) {
        key.interestOps(
            out.hasRemaining()
                ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                : SelectionKey.OP_READ);
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IOException(socket + ": no whole answer within " + patience);
        }
        selector.select(left);
        selector.selectedKeys().clear();
        int read = exchange(channel, out, in, answer.size() > 0);
        if (read < 0) {
          return answer.toByteArray();
        }
        answer.write(in.array(), 0, in.position());
        in.clear();
      }
    }
  }

  /** How much was read; -1 at the end, which comes as an error if not all we sent was read. */
  private static int exchange(
      SocketChannel channel, ByteBuffer out, ByteBuffer in, boolean answered) throws IOException {
    try {
      int read = channel.read(in);
      if (read == 0 && out.hasRemaining()) {
        channel.write(out);
      }
      return read;
    } catch (SocketException hungUp) {
      if (answered) {
        return -1;
      }
      throw hungUp;
    }
  }

  private static Reply parse(byte[] answer) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    for (String line : new String(answer, StandardCharsets.UTF_8).lines().toList()) {
      JsonNode node = JSON.readTree(line);
      if (node.has("item")) {
        items.add(node.get("item"));
      } else {
        JsonNode error = node.get("error");
        JsonNode result = node.get("result");
        return new Reply(
            node.path("exit").asInt(-1),
            items,
            result == null ? JSON.createObjectNode() : result,
            error == null ? null : error.asText());
      }
    }
    throw new IOException("the daemon closed the connection before its answer was whole");
  }
}
