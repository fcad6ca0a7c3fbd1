package io.ssyncd.log;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Members of one log in this JVM, on a loopback network of its own. */
public final class LogCluster implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(45);

  private final LoopbackNetwork network = LoopbackNetwork.unused();
  private final Path directory;
  private final Function<LogConfig, ReplicatedLog> factory;
  private final Consumer<ReplicatedLog> killer;
  private final SortedMap<String, LogConfig.MemberAddress> addresses = new TreeMap<>();
  private final Map<String, LogConfig.MemberAddress> newcomers = new HashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  /** A started member. */
  public record Node(
      String name, ReplicatedLog log, RecordingMachine machine, RecordingListener listener) {
    public Committed propose(String entry) throws Exception {
      return proposal(entry).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    public CompletableFuture<Committed> proposal(String entry) {
      return log.propose(entry.getBytes(StandardCharsets.UTF_8));
    }

    public boolean leads() {
      return log.status().role() == Role.LEADER;
    }
  }

  /** All that a log still has. */
  static List<LoggedEntry> read(ReplicatedLog log) throws Exception {
    List<LoggedEntry> all = new ArrayList<>();
    try (LogCursor cursor = log.read()) {
      LogSlice slice;
      do {
        slice = cursor.next().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        all.addAll(slice.entries());
      } while (!slice.end());
    }
    return all;
  }

  /** Where a log begins. */
  static long firstIndex(ReplicatedLog log) throws Exception {
    try (LogCursor cursor = log.read()) {
      return cursor.next().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).begin();
    }
  }

  public LogCluster(
      Path directory,
      int members,
      Function<LogConfig, ReplicatedLog> factory,
      Consumer<ReplicatedLog> killer) {
    this.directory = directory;
    this.factory = factory;
    this.killer = killer;
    for (int i = 1; i <= members; i++) {
      addresses.put(
          "m" + i, new LogConfig.MemberAddress(network.address(i), LoopbackNetwork.PORT, i == 4));
    }
  }

  public LogConfig config(String name) {
    return config(name, "contract");
  }

  public LogConfig config(String name, String cluster) {
    return new LogConfig(
        name,
        directory.resolve(name),
        cluster,
        addresses,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        Durability.OS);
  }

  /** A member that the others' configurations do not name; its own names it and some of them. */
  public LogConfig newcomer(String name, String... seeds) {
    SortedMap<String, LogConfig.MemberAddress> known = new TreeMap<>();
    known.put(
        name,
        newcomers.computeIfAbsent(
            name,
            unused ->
                new LogConfig.MemberAddress(
                    network.address(100 + newcomers.size()), LoopbackNetwork.PORT, false)));
    for (String seed : seeds) {
      known.put(seed, addresses.get(seed));
    }
    LogConfig like = config(names().get(0));
    return new LogConfig(
        name,
        directory.resolve(name),
        like.cluster(),
        known,
        like.electionTimeout(),
        like.heartbeat(),
        like.durability());
  }

  /** Starts a member as a configuration of one's own says. */
  public Node start(LogConfig config) throws LogRefusedException {
    return start(config, new RecordingMachine());
  }

  /** Empties the directory of a member that does not run. */
  public void wipe(String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(name))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  public List<String> names() {
    return List.copyOf(addresses.keySet());
  }

  public Node start(String name) throws LogRefusedException {
    return start(name, new RecordingMachine());
  }

  public Node start(String name, RecordingMachine machine) throws LogRefusedException {
    return start(config(name), machine);
  }

  private Node start(LogConfig config, RecordingMachine machine) throws LogRefusedException {
    String name = config.member();
    ReplicatedLog log = factory.apply(config);
    RecordingListener listener = new RecordingListener();
    log.start(machine, listener);
    Node node = new Node(name, log, machine, listener);
    nodes.put(name, node);
    return node;
  }

  public LogCluster startAll() throws LogRefusedException {
    for (String name : names()) {
      start(name);
    }
    leader();
    return this;
  }

  public Node node(String name) {
    return nodes.get(name);
  }

  public List<Node> all() {
    return List.copyOf(nodes.values());
  }

  public Node leader() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> all().stream().filter(LogCluster::inOffice).count() == 1);
    return all().stream().filter(LogCluster::inOffice).findFirst().orElseThrow();
  }

  private static boolean inOffice(Node node) {
    return node.leads() && node.log().status().quorum();
  }

  public List<Node> followers() {
    Node leader = leader();
    return all().stream().filter(node -> !node.equals(leader)).toList();
  }

  public void stop(String name) {
    nodes.remove(name).log().close();
  }

  public void kill(String name) {
    killer.accept(nodes.remove(name).log());
  }

  /** Waits until all members have applied as much as the one that has most, and agree. */
  public void awaitEqual() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> all().stream().map(node -> node.machine().all()).distinct().count() == 1);
  }

  @Override
  public void close() {
    List<CompletableFuture<Void>> closing =
        all().stream()
            .map(node -> CompletableFuture.runAsync(() -> killer.accept(node.log())))
            .toList();
    closing.forEach(CompletableFuture::join);
    nodes.clear();
  }
}
