package io.ssyncd.daemon.pair;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this host is called, and by which of its addresses it reaches another. */
final class HostNetwork {
  private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
  private static final int ANY_PORT = 9;

  private HostNetwork() {}

  /**
   * The address of this host that packets to another carry. Nothing is sent.
   *
   * @throws IOException if there is no way to it, now
   */
  static InetAddress towards(InetAddress other) throws IOException {
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(new InetSocketAddress(other, ANY_PORT));
      InetAddress mine = probe.getLocalAddress();
      if (mine.isAnyLocalAddress()) {
        throw new IOException("no route to " + other.getHostAddress());
      }
      return mine;
    } catch (java.io.UncheckedIOException e) {
      throw new IOException("no route to " + other.getHostAddress() + ": " + e.getMessage(), e);
    }
  }

  /** Whether an address is one of this host's, now. */
  static boolean isHere(InetAddress address) throws IOException {
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }

  /** A name for this node: the host's, without its domain, as far as a member may be called so. */
  static String name() {
    String name;
    try {
      name = Files.readString(NAME).strip();
    } catch (IOException e) {
      return "node";
    }
    int dot = name.indexOf('.');
    String first = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9_-]", "-");
    String trimmed = first.replaceFirst("^[^A-Za-z0-9]+", "");
    String cut = trimmed.length() > 63 ? trimmed.substring(0, 63) : trimmed;
    return cut.isEmpty() ? "node" : cut;
  }
}
