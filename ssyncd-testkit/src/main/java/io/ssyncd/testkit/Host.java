package io.ssyncd.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a member of a test cluster lives.
 *
 * @param address the address its log listens at
 * @param before words before every command that is to run there, such as {@code ip netns exec NAME}
 */
public record Host(String address, List<String> before) {
  /** The port of every member's log: addresses differ, so ports need not. */
  public static final int PORT = 7777;

  private static final int TRIES = 100;

  public Host {
    before = List.copyOf(before);
  }

  /**
   * Hosts on this machine's loopback network, each with an address of its own that nobody else
   * uses: no port has to be guessed, and what listens on all addresses is found out.
   *
   * @param count at most 250
   */
  public static List<Host> onLoopback(int count) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < TRIES; i++) {
      String network = "127." + random.nextInt(1, 255) + "." + random.nextInt(256) + ".";
      List<Host> hosts = new ArrayList<>();
      for (int host = 1; host <= count; host++) {
        hosts.add(new Host(network + host, List.of()));
      }
      if (hosts.stream().allMatch(Host::isFree)) {
        return hosts;
      }
    }
    throw new IllegalStateException("no free loopback addresses for port " + PORT);
  }

  private boolean isFree() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), PORT));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** The words of a command that is to run there. */
  public List<String> command(String... words) {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of(words));
    return command;
  }
}
