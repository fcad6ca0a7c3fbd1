package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace of a test's own, with its own firewall and xt_recent tables, held by a
 * process that sleeps. Needs root, and the programs ip and iptables-legacy. The tables can be read
 * and written from any namespace through the holder's folder in /proc.
 */
public final class NetworkNamespace implements AutoCloseable {
  /** A holder that nobody closed ends by itself. */
  private static final String LIFETIME_SECONDS = "900";

  private static final Logger log = LoggerFactory.getLogger(NetworkNamespace.class);
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String name;
  private final Process holder;

  private NetworkNamespace(String name, Process holder) {
    this.name = name;
    this.holder = holder;
  }

  /** Makes one, with its loopback up. */
  public static NetworkNamespace create() throws IOException, InterruptedException {
    String name = "ssyncd" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
    execute(List.of("ip", "netns", "add", name));
    try {
      Process holder =
          new ProcessBuilder("ip", "netns", "exec", name, "sleep", LIFETIME_SECONDS)
              .redirectErrorStream(true)
              .start();
      NetworkNamespace made = new NetworkNamespace(name, holder);
      made.awaitHolder();
      made.run("ip", "link", "set", "lo", "up");
      return made;
    } catch (IOException | InterruptedException | RuntimeException e) {
      execute(List.of("ip", "netns", "del", name));
      throw e;
    }
  }

  /** Whether this process is root: only root may make namespaces and see their tables. */
  public static boolean allowed() {
    try {
      boolean root =
          Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
      if (!root) {
        log.warn("NOT RUN: network namespaces and real xt_recent tables need root");
      }
      return root;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Its name, as {@code ip netns} knows it. */
  public String name() {
    return name;
  }

  /** A process that lives in it. */
  public long pid() {
    return holder.pid();
  }

  /** Its xt_recent tables. */
  public Path recentTables() {
    return Path.of("/proc", Long.toString(pid()), "net", "xt_recent");
  }

  /** Makes a table by a rule that adds whoever sends a UDP packet to the discard port. */
  public void recentTable(String table, boolean v6) throws IOException, InterruptedException {
    recentRule("-A", table, v6);
  }

  /** Takes the rule away again, and with it the table. */
  public void dropRecentTable(String table, boolean v6) throws IOException, InterruptedException {
    recentRule("-D", table, v6);
  }

  private void recentRule(String what, String table, boolean v6)
      throws IOException, InterruptedException {
    run(
        v6 ? "ip6tables-legacy" : "iptables-legacy",
        "-w",
        what,
        "INPUT",
        "-p",
        "udp",
        "--dport",
        "9",
        "-m",
        "recent",
        "--set",
        "--name",
        table,
        "--rsource");
  }

  /** Gives the namespace an address, so that packets can come from it. */
  public void address(String address) throws IOException, InterruptedException {
    boolean v6 = address.indexOf(':') >= 0;
    List<String> command = new ArrayList<>(List.of("ip", "addr", "replace"));
    command.add(address + (v6 ? "/128" : "/32"));
    command.addAll(List.of("dev", "lo"));
    if (v6) {
      command.add("nodad");
    }
    run(command.toArray(String[]::new));
  }

  /** Sends packets to the discard port, from an address of the namespace to itself. */
  public void packets(String address, int count) throws IOException, InterruptedException {
    run(
        "bash",
        "-c",
        "for i in $(seq " + count + "); do echo > /dev/udp/" + address + "/9 || true; done");
  }

  /**
   * Runs a program in the namespace and waits for it.
   *
   * @return what it printed
   * @throws IOException if it fails; says what it printed
   */
  public String run(String... command) throws IOException, InterruptedException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
    inside.addAll(List.of(command));
    return execute(inside);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    holder.destroyForcibly().waitFor();
    execute(List.of("ip", "netns", "del", name));
  }

  /** Until ip has entered the namespace and become the sleeper. */
  private void awaitHolder() throws IOException {
    Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    org.awaitility.Awaitility.await("a process in namespace " + name)
        .atMost(10, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> !holder.isAlive() || isInside(ours));
    if (!holder.isAlive()) {
      byte[] said = holder.getInputStream().readAllBytes();
      throw new IOException(
          "no process in namespace " + name + ": " + new String(said, StandardCharsets.UTF_8));
    }
  }

  private boolean isInside(Path ours) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid()));
    return !Files.readSymbolicLink(process.resolve("ns").resolve("net")).equals(ours)
        && Files.readString(process.resolve("comm")).startsWith("sleep");
  }

  private static String execute(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status + ": " + output);
    }
    return output;
  }
}
