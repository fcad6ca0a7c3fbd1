package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts one request to the daemon and takes its reply. */
final class ControlClient {
  private static final int BODY_CHUNK_BYTES = 64 * 1024;

  private ControlClient() {}

  /** Takes the items of a reply as they come. */
  interface Items {
    void take(ObjectNode item);

    /**
     * The request is sent.
     *
     * @param enough says, from any thread, that no more items are wanted, only the result
     */
    default void asked(Enough enough) {}
  }

  /** Ends items early. */
  interface Enough {
    /**
     * Says so; the result is awaited as before.
     *
     * @throws IOException if the daemon is gone
     */
    void say() throws IOException;
  }

  /**
   * Asks. A daemon that was started a moment ago is waited for until it listens.
   *
   * @param patience a daemon that is there but silent for so long, such as a stopped one, is not
   *     waited for any longer
   */
  static Answer ask(Path socket, ObjectNode request, Duration patience, Items items)
      throws ControlException {
    return ask(socket, request, patience, null, items);
  }

  /**
   * As {@link #ask(Path, ObjectNode, Duration, Items)}.
   *
   * @param body a file that goes behind the request; null for none
   */
  static Answer ask(
      Path socket, ObjectNode request, Duration patience, @Nullable Path body, Items items)
      throws ControlException {
    StartingDaemon starting = new StartingDaemon();
    while (true) {
      try {
        return askNow(socket, request, patience, body, items);
      } catch (ControlException e) {
        if (!e.code().equals(ControlException.NOT_RUNNING) || !starting.awaited()) {
          throw e;
        }
      }
    }
  }

  private static Answer askNow(
      Path socket, ObjectNode request, Duration patience, @Nullable Path body, Items items)
      throws ControlException {
    try (SocketChannel channel = open();
        Patience silence = new Patience(channel, patience)) {
      try {
        connect(channel, socket);
        ByteBuffer line =
            ByteBuffer.wrap((JsonText.of(request) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
          channel.write(line);
        }
        if (body != null) {
          send(body, channel, silence);
        }
        items.asked(() -> channel.write(ByteBuffer.wrap(new byte[] {'\n'})));
        return reply(
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)),
            silence,
            items);
      } catch (IOException e) {
        if (silence.isOver()) {
          throw new ControlException(
              Exit.TRY_AGAIN,
              "no-answer",
              socket + ": ssyncd runs, but did not answer in " + patience.toSeconds() + " s");
        }
        throw new ControlException(
            Exit.ABSENT, "broken-off", socket + ": the daemon broke off: " + e.getMessage());
      }
    } catch (IOException e) {
      throw new ControlException(Exit.INTERNAL, "no-socket", "no socket to be had: " + e);
    }
  }

  private static void send(Path body, SocketChannel to, Patience silence) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(BODY_CHUNK_BYTES);
    try (FileChannel from = FileChannel.open(body, StandardOpenOption.READ)) {
      while (from.read(chunk.clear()) >= 0) {
        chunk.flip();
        while (chunk.hasRemaining()) {
          to.write(chunk);
          silence.heard();
        }
      }
    }
    to.shutdownOutput();
  }

  private static SocketChannel open() throws IOException {
    return SocketChannel.open(StandardProtocolFamily.UNIX);
  }

  private static Answer reply(BufferedReader lines, Patience silence, Items items)
      throws IOException, ControlException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      silence.heard();
      JsonNode node = JsonText.read(line);
      if (node.get("item") instanceof ObjectNode item) {
        items.take(item);
      } else if (node.hasNonNull("error")) {
        throw new ControlException(
            node.path("exit").asInt(Exit.INTERNAL),
            ControlException.REFUSED,
            node.path("error").asText());
      } else {
        ObjectNode result =
            node.get("result") instanceof ObjectNode object
                ? object
                : JsonNodeFactory.instance.objectNode();
        return new Answer(node.path("exit").asInt(Exit.INTERNAL), result);
      }
    }
    throw new IOException("it closed the connection before its answer was whole");
  }

  private static void connect(SocketChannel channel, Path socket)
      throws ControlException, IOException {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (AsynchronousCloseException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      if (reason.toLowerCase(Locale.ROOT).contains("permission denied")) {
        throw new ControlException(
            Exit.NO_PERMISSION,
            "no-permission",
            socket + ": you may not use this socket: its owner may, and its group");
      }
      String why = Files.exists(socket) ? "nobody listens there" : "there is no such socket";
      throw new ControlException(
          Exit.ABSENT,
          ControlException.NOT_RUNNING,
          socket + ": ssyncd is not running here: " + why);
    }
  }
}
