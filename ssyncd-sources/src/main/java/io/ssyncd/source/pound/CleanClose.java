package io.ssyncd.source.pound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a Pound in such a way that it goes on telling the next one who connects. One that fails to
 * send turns its notifications off for good (2.8a.15, {@code send_action}); so it must never have
 * anything to send to a connection that is gone:
 *
 * <ol>
 *   <li>a second connection makes it stop telling; it has taken the connection once it has taken a
 *       frame from it;
 *   <li>what it told on the first until then is read until it is quiet;
 *   <li>our end of the first is closed for output; Pound closes its own, which is seen here, so
 *       that the next connection cannot overtake this in Pound;
 *   <li>the same with the second.
 * </ol>
 */
final class CleanClose {
  private static final Logger log = LoggerFactory.getLogger(CleanClose.class);
  private static final int TICK_MS = 10;

  private final Path path;
  private final Peer peer;
  private final PoundLinkConfig config;
  private final ByteBuffer scratch;

  /** With a direct buffer for what is thrown away. */
  CleanClose(Path path, Peer peer, PoundLinkConfig config, ByteBuffer scratch) {
    this.scratch = scratch;
    this.path = path;
    this.peer = peer;
    this.config = config;
  }

  /**
   * Ends the connection; closes the socket in any case. Called by the thread that reads it; takes
   * about as long as {@link PoundLinkConfig#drainQuiet}, at most thrice {@link
   * PoundLinkConfig#closeTimeout}.
   *
   * @param cut whether Pound waits for the rest of a frame: it would take it from any connection
   */
  void end(PoundSocket first, boolean cut) {
    try (first) {
      if ((first.queue().await(0) & SocketQueue.HUNG_UP) != 0) {
        return;
      }
      if (cut) {
        part(first);
        return;
      }
      try (PoundSocket second = PoundSocket.connect(path)) {
        if (second.peer().getPid() == peer.process().pid()) {
          silence(first, second);
          part(first);
          part(second);
          return;
        }
      }
      part(first);
    } catch (IOException e) {
      log.info("http {}: not closed cleanly: {}", config.farm(), e.getMessage());
    }
  }

  private void silence(PoundSocket first, PoundSocket second) throws IOException {
    ByteBuffer marker = ByteBuffer.allocateDirect(FrameEncoder.MAX_FRAME);
    FrameEncoder.marker(config.farm(), marker);
    marker.flip();
    if (second.write(marker) == 0) {
      return; // Pound does not read: it does not send either
    }
    long deadline = System.nanoTime() + config.closeTimeout().toNanos();
    long quietSince = 0;
    while (System.nanoTime() < deadline) {
      int told = drain(first, TICK_MS);
      int toldSecond = drain(second, 0);
      if (told < 0 || toldSecond < 0) {
        return; // Pound closed it, or died
      }
      OptionalInt unsent = second.queue().unsent();
      long now = System.nanoTime();
      if (told + toldSecond > 0 || (unsent.isPresent() && unsent.getAsInt() != 0)) {
        quietSince = 0;
      } else if (quietSince == 0) {
        quietSince = now;
      } else if (now - quietSince >= config.drainQuiet().toNanos()) {
        return;
      }
    }
  }

  /** Waits for Pound to close its end. */
  private void part(PoundSocket socket) throws IOException {
    socket.endOutput();
    long deadline = System.nanoTime() + config.closeTimeout().toNanos();
    while (System.nanoTime() < deadline) {
      if (drain(socket, TICK_MS) < 0) {
        return;
      }
    }
    log.info("http {}: Pound did not close its end in time", config.farm());
  }

  /** Reads what there is and throws it away: how many bytes, or -1 at the end. */
  private int drain(PoundSocket socket, int waitMs) throws IOException {
    if (socket.queue().await(waitMs) == 0) {
      return 0;
    }
    scratch.clear();
    return socket.read(scratch);
  }
}
