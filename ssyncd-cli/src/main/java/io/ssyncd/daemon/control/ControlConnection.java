package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its request, and the lines of the reply. Used by one thread, but for {@link
 * #waitedLongerThan} and {@link #close}.
 */
final class ControlConnection implements Reply, AutoCloseable {
  /** Items are sent in chunks of about this size. */
  private static final int CHUNK_BYTES = 32 * 1024;

  /** So much of what says {@link #isEnough} is taken at a time. */
  private static final int ENOUGH_BYTES = 64;

  private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);

  private final SocketChannel channel;
  private final ObjectMapper json;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(CHUNK_BYTES);

  /** {@link System#nanoTime()} of the moment the client is being waited for since; 0: it is not. */
  private volatile long waitingSince;

  /** What came with the request, but behind it. */
  private ByteBuffer behind = ByteBuffer.allocate(0);

  /** Whether it is the request that is being waited for. */
  private volatile boolean asking = true;

  ControlConnection(SocketChannel channel, ObjectMapper json) {
    this.channel = channel;
    this.json = json;
  }

  /**
   * The request without its newline; empty if the client left, or was told that it was too long.
   */
  Optional<byte[]> readRequest(int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    waiting(true);
    try {
      while (buffer.hasRemaining()) {
        int before = buffer.position();
        if (channel.read(buffer) < 0) {
          return Optional.empty();
        }
        for (int i = before; i < buffer.position(); i++) {
          if (buffer.get(i) == '\n') {
            byte[] line = new byte[i];
            buffer.get(0, line);
            behind = buffer.flip().position(i + 1).slice();
            return Optional.of(line);
          }
        }
      }
    } finally {
      waiting(false);
      asking = false;
    }
    error(Exit.USAGE, "a request has at most " + most + " bytes");
    return Optional.empty();
  }

  @Override
  public InputStream body() {
    return new Body();
  }

  @Override
  public Caller caller() throws IOException {
    return Caller.of(channel);
  }

  @Override
  public boolean isEnough() throws IOException {
    if (behind.hasRemaining()) {
      return true;
    }
    channel.configureBlocking(false);
    try {
      return channel.read(ByteBuffer.allocate(ENOUGH_BYTES)) > 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** The bytes behind the request; a client that stands still for too long is cut off. */
  private final class Body extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (behind.hasRemaining()) {
        int part = Math.min(length, behind.remaining());
        behind.get(to, offset, part);
        return part;
      }
      waiting(true);
      try {
        return channel.read(ByteBuffer.wrap(to, offset, length));
      } finally {
        waiting(false);
      }
    }
  }

  @Override
  public void item(JsonNode item) throws IOException {
    line(json.createObjectNode().set("item", item));
    if (pending.size() >= CHUNK_BYTES) {
      flush();
    }
  }

  @Override
  public void result(int exit, JsonNode result) throws IOException {
    ObjectNode last = json.createObjectNode();
    last.put("exit", exit);
    last.set("result", result);
    line(last);
    flush();
  }

  @Override
  public void error(int exit, String error) throws IOException {
    line(json.createObjectNode().put("exit", exit).put("error", error));
    flush();
  }

  private void line(JsonNode node) throws IOException {
    pending.write(json.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
    pending.write('\n');
  }

  @Override
  public void flush() throws IOException {
    ByteBuffer out = ByteBuffer.wrap(pending.toByteArray());
    pending.reset();
    try {
      while (out.hasRemaining()) {
        waiting(true);
        channel.write(out);
      }
    } finally {
      waiting(false);
    }
  }

  private void waiting(boolean is) {
    waitingSince = is ? System.nanoTime() | 1 : 0;
  }

  /** Whether the client has been waited for too long: for its whole request, or to read on. */
  boolean waitedLongerThan(Duration forRequest, Duration forReading) {
    Duration most = asking ? forRequest : forReading;
    long since = waitingSince;
    return since != 0 && System.nanoTime() - since > most.toNanos();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a control connection: {}", e.toString());
    }
  }
}
