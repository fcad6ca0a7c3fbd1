package io.ssyncd.daemon.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Tells the socket of a living daemon from what a dead one left. */
public final class SocketProbe {
  private SocketProbe() {}

  /**
   * Whether somebody listens. Does not wait: who lets its queue fill up lives as well.
   *
   * @param path a socket
   * @throws IOException if that cannot be told; names the path
   */
  public static boolean isServed(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      boolean unused = probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException nobodyListens) {
      return false;
    } catch (IOException e) {
      throw new IOException(
          path + " cannot be asked whether a living daemon serves it: " + e.getMessage(), e);
    }
  }
}
