package io.ssyncd.demo;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgException;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.Session;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The story of the product in half a minute: three balancers, traffic, the master dies, and its
 * sessions are in the Pound of the next one.
 */
public final class Demo {
  private static final String FARM = "shop";
  private static final int REQUESTS_A_SECOND = 500;
  private static final Duration TRAFFIC = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final long LOOK_MS = 20;

  private final PrintStream out;

  /** A demo that tells its story to {@code out}. */
  public Demo(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs for at most 30 s and cleans up behind itself.
   *
   * @return 0 if every acknowledged session was kept, 1 if not
   */
  public int run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("ssyncd-demo");
    List<DemoNode> nodes = new ArrayList<>();
    try {
      return run(directory, nodes);
    } catch (LogRefusedException | PoundCfgException e) {
      out.println("the demo cannot run here: " + e.getMessage());
      return 1;
    } finally {
      Stream<CompletableFuture<Void>> closing =
          nodes.stream().map(node -> CompletableFuture.runAsync(node::close));
      CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
      delete(directory);
    }
  }

  private int run(Path directory, List<DemoNode> nodes)
      throws IOException, InterruptedException, LogRefusedException, PoundCfgException {
    out.println("three balancers on this machine, each with a Pound (a stand-in) of its own");
    Farm farm = Farm.ofSpec(FARM, "3x600,2x600/2x600");
    Path poundCfg = directory.resolve("shop.cfg");
    Files.writeString(poundCfg, PoundCfgWriter.write(farm));
    // A Pound reads its file when it starts, and a newer file is not written by. These Pounds are
    // part of this process, which is older than the file.
    Files.setLastModifiedTime(poundCfg, FileTime.from(Instant.EPOCH));
    SortedMap<String, LogConfig.MemberAddress> members = members();
    for (String name : members.keySet()) {
      nodes.add(DemoNode.start(name, members, farm, poundCfg, directory.resolve(name)));
    }
    Optional<DemoNode> first = await(() -> collecting(nodes));
    if (first.isEmpty()) {
      out.println("no master within " + PATIENCE.toSeconds() + " s: is this machine very busy?");
      return 1;
    }
    DemoNode master = first.get();
    out.printf("%s is the master; customers come to its Pound%n%n", master.name());
    traffic(master, nodes);
    return killAndCompare(master, nodes);
  }

  private void traffic(DemoNode master, List<DemoNode> nodes) throws InterruptedException {
    var traffic = master.pound().rate(REQUESTS_A_SECOND, TRAFFIC, "customer-", 100_000);
    long began = System.nanoTime();
    for (long second = 1; !traffic.isDone(); second++) {
      long next = began + TimeUnit.SECONDS.toNanos(second);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
      String held =
          nodes.stream()
              .map(node -> String.format("%s %,d", node.name(), node.sessions()))
              .collect(Collectors.joining(", "));
      out.printf(
          "%2d s  in the master's Pound %,d; held by %s%n", second, master.pound().count(), held);
    }
  }

  private int killAndCompare(DemoNode master, List<DemoNode> nodes) throws InterruptedException {
    List<DemoNode> others = nodes.stream().filter(node -> node != master).toList();
    // One session is the link's own, long past its time: it tells a Pound that listens from a deaf
    // one.
    List<Session> atDeath =
        master.pound().sessions().stream().filter(session -> session.lastAccess() > 1).toList();
    long killed = System.nanoTime();
    master.die();
    out.printf("%nkilled %s, its node and its Pound at once%n", master.name());

    Optional<DemoNode> next = await(() -> collecting(others));
    if (next.isEmpty()) {
      out.println("no new master within " + PATIENCE.toSeconds() + " s");
      return 1;
    }
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
    DemoNode heir = next.get();
    Set<String> there =
        heir.pound().sessions().stream().map(Session::line).collect(Collectors.toSet());
    Set<String> acknowledged = new HashSet<>();
    for (SessionRecord session : heir.node().table().records(Scope.farm(FARM))) {
      acknowledged.add(line((HttpSession) session));
    }
    long kept = atDeath.stream().map(Session::line).filter(there::contains).count();
    long lost = acknowledged.stream().filter(line -> !there.contains(line)).count();
    out.printf(
        "%s is the master now: %,d of %,d sessions are in its Pound, %,d ms after the kill%n",
        heir.name(), kept, atDeath.size(), tookMs);
    out.printf("of what the cluster had acknowledged, %,d were lost%n", lost);
    if (lost > 0) {
      heir.node().status().warnings().forEach(warning -> out.println(warning.text()));
    }
    return lost == 0 && kept == atDeath.size() ? 0 : 1;
  }

  /** A session as {@link Session#line} writes one. */
  private static String line(HttpSession session) {
    return session.key().listener()
        + " "
        + session.key().service()
        + " "
        + session.backend()
        + " "
        + session.key().key().hex()
        + " "
        + session.address().latin1()
        + " "
        + session.lastAccessMs() / 1000;
  }

  private static Optional<DemoNode> collecting(List<DemoNode> nodes) {
    return nodes.stream().filter(DemoNode::collects).findFirst();
  }

  private static <T> Optional<T> await(Supplier<Optional<T>> look) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Optional<T> found = look.get();
    while (found.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      found = look.get();
    }
    return found;
  }

  private static SortedMap<String, LogConfig.MemberAddress> members() throws IOException {
    SortedMap<String, LogConfig.MemberAddress> members = new TreeMap<>();
    List<ServerSocket> taken = new ArrayList<>();
    try {
      for (String name : List.of("lb1", "lb2", "lb3")) {
        ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        taken.add(free);
        members.put(name, new LogConfig.MemberAddress("127.0.0.1", free.getLocalPort(), false));
      }
    } finally {
      for (ServerSocket socket : taken) {
        socket.close();
      }
    }
    return members;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
