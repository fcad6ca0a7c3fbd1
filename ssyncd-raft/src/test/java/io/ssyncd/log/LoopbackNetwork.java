package io.ssyncd.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Addresses of this machine's loopback network (127/8) that nobody else uses, all with one port. A
 * free port of 127.0.0.1 that a test has found may be another test's before a member listens there,
 * or while it is down; of these addresses nothing is handed out to anybody.
 */
public final class LoopbackNetwork {
  /** Of all addresses; below the ports that the kernel chooses. */
  public static final int PORT = 7777;

  private static final int TRIES = 100;

  private final String prefix;

  private LoopbackNetwork(String prefix) {
    this.prefix = prefix;
  }

  /** A network where nobody listens. */
  public static LoopbackNetwork unused() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < TRIES; i++) {
      String prefix = "127." + random.nextInt(1, 255) + "." + random.nextInt(256) + ".";
      if (isFree(prefix + 1)) {
        return new LoopbackNetwork(prefix);
      }
    }
    throw new IllegalStateException("no free loopback addresses for port " + PORT);
  }

  /** The address of one member; numbers from 1 to 254. */
  public String address(int number) {
    return prefix + number;
  }

  private static boolean isFree(String address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), PORT));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
