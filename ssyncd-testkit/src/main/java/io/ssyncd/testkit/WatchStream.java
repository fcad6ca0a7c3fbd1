package io.ssyncd.testkit;

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
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon applies, as it applies it: {@code watch} on its control socket. Ends when the
 * daemon does. What it tells is told on a thread of its own.
 */
public final class WatchStream implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchStream.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SocketChannel channel;
  private final CompletableFuture<Void> began = new CompletableFuture<>();

  /** Hears of a session that was put into a member's table. */
  public interface Puts {
    /**
     * @param key the session's key
     * @param nanos {@link System#nanoTime} when the line was read here
     */
    void put(String key, long nanos);
  }

  private WatchStream(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a stream; returns when it has begun.
   *
   * @throws IOException if nobody listens
   */
  public static WatchStream open(Path control, Puts puts) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(control));
    byte[] request =
        (ControlCall.request("watch").put("reveal", true) + "\n").getBytes(StandardCharsets.UTF_8);
    channel.write(ByteBuffer.wrap(request));
    WatchStream stream = new WatchStream(channel);
    Thread reader = new Thread(() -> stream.read(puts), "watch " + control);
    reader.setDaemon(true);
    reader.start();
    stream.began.join();
    return stream;
  }

  private void read(Puts puts) {
    try (BufferedReader lines =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        long now = System.nanoTime();
        JsonNode item = JSON.readTree(line).path("item");
        if (item.isMissingNode()) {
          throw new IOException("the watch ended: " + line);
        }
        began.complete(null);
        if (item.path("op").asText().equals("put")) {
          puts.put(item.path("key").asText(), now);
        }
      }
    } catch (IOException e) {
      if (!began.completeExceptionally(e) && channel.isOpen()) {
        log.error("the watch broke off", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
