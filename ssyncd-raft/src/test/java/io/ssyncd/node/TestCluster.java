package io.ssyncd.node;

import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LoopbackCluster;
import io.ssyncd.log.LoopbackLog;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes on a {@link LoopbackCluster}, with scripted endpoints and addresses. */
final class TestCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Feed F1 = Feed.farm("f1");
  static final Feed F2 = Feed.farm("f2");

  final LoopbackCluster log;
  final Map<String, SyncNode> nodes = new HashMap<>();
  final Map<String, LoopbackLog> logs = new HashMap<>();
  final Map<String, ScriptedEndpoint.Host> hosts = new HashMap<>();

  /** Addresses by holder. */
  final Map<String, Set<InetAddress>> addresses = new HashMap<>();

  private final Path directory;
  List<Feed> feeds = List.of(F1);
  List<Kind> order = List.of(Kind.HTTP, Kind.RECENT);
  List<InetAddress> vip = List.of();
  boolean tracks = true;
  NodeTuning tuning = tuning();
  boolean follow;
  boolean hearsKeepalived;
  Duration holdDown = Duration.ofMillis(60);
  Duration deadline = Duration.ofSeconds(10);
  NodeConfig.Gate gate = NodeConfig.Gate.PRIORITY;
  Duration digestEvery = Duration.ofDays(1);
  NodeConfig.Materialise materialise = NodeConfig.Materialise.ON_PROMOTION;
  NodeConfig.Limits limits = new NodeConfig.Limits(1_000_000, 1_000_000);

  TestCluster(Path directory, String... names) {
    this.directory = directory;
    this.log = new LoopbackCluster(directory, names);
    for (String name : names) {
      hosts.put(name, new ScriptedEndpoint.Host());
      addresses.put(name, ConcurrentHashMap.newKeySet());
    }
  }

  /** Pauses that tests can wait for. */
  static NodeTuning tuning() {
    return tuning(Duration.ofMillis(100));
  }

  static NodeTuning tuning(Duration transferPause) {
    return new NodeTuning(
        Duration.ofMillis(20),
        Duration.ofMillis(1),
        transferPause,
        Duration.ofMillis(20),
        Duration.ofMillis(60),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(5),
        Duration.ofMillis(50),
        Duration.ofSeconds(30),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofMillis(50));
  }

  NodeConfig config(String name) {
    return new NodeConfig(
        directory.resolve(name),
        log.config(name),
        feeds,
        new NodeConfig.Promotion(
            order,
            vip,
            tracks ? Optional.of(trackFile(name)) : Optional.empty(),
            deadline,
            gate,
            new NodeConfig.Following(follows(), fifo(name), List.of(), holdDown)),
        limits,
        digestEvery,
        materialise,
        NodeConfig.CLOCK_LIMIT,
        List.of());
  }

  /** As the configuration file has it by default, unless a test says so. */
  private boolean follows() {
    return follow || !vip.isEmpty() && !tracks;
  }

  /** Where keepalived speaks to a node, if it does. */
  Optional<Path> fifo(String name) {
    return hearsKeepalived ? Optional.of(directory.resolve(name + ".fifo")) : Optional.empty();
  }

  Path trackFile(String name) {
    return directory.resolve("track").resolve(name);
  }

  String track(String name) {
    try {
      return Files.readString(trackFile(name)).strip();
    } catch (java.io.IOException e) {
      return "";
    }
  }

  SyncNode start(String name) throws LogRefusedException {
    LoopbackLog own = log.log(name);
    ScriptedEndpoint.Host host = hosts.get(name);
    Set<InetAddress> here = addresses.get(name);
    SyncNode node =
        new SyncNode(
            config(name),
            own,
            name.startsWith("w")
                ? List.of()
                : List.of(host.factory(Kind.HTTP), host.factory(Kind.RECENT)),
            tuning,
            here::contains);
    node.start();
    logs.put(name, own);
    nodes.put(name, node);
    return node;
  }

  TestCluster startAll() throws LogRefusedException {
    for (String name : hosts.keySet().stream().sorted().toList()) {
      start(name);
    }
    for (String name : hosts.keySet()) {
      if (!name.startsWith("w")) {
        feeds.forEach(feed -> endpoint(name, feed));
      }
    }
    return this;
  }

  SyncNode node(String name) {
    return nodes.get(name);
  }

  /** The newest local end of a feed on a host, once it is open. */
  ScriptedEndpoint endpoint(String name, Feed feed) {
    if (hosts.get(name).latest(feed) == null) {
      await().atMost(PATIENCE).until(() -> hosts.get(name).latest(feed) != null);
    }
    return hosts.get(name).latest(feed);
  }

  ScriptedEndpoint f1(String name) {
    return endpoint(name, F1);
  }

  void awaitState(String name, NodeState state) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> node(name).status().state() == state);
  }

  /** Elects a member and waits until it ingests. */
  void lead(String name) {
    log.elect(name);
    awaitState(name, NodeState.INGESTING);
  }

  void awaitCount(String name, int sessions) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> node(name).table().count(Kind.HTTP) == sessions);
  }

  void awaitCounts(int sessions) {
    nodes.keySet().forEach(name -> awaitCount(name, sessions));
  }

  boolean warned(String name, WarningCode code) {
    return node(name).status().warnings().stream().anyMatch(w -> w.code().equals(code.word()));
  }

  static HttpSession session(String key, long at) {
    return ScriptedEndpoint.session("f1", key, at);
  }

  void stop(String name) {
    nodes.remove(name).close();
  }

  @Override
  public void close() {
    for (ScriptedEndpoint.Host host : hosts.values()) {
      host.opened.values().forEach(all -> all.forEach(TestCluster::letGo));
    }
    log.refuseTransfers(false);
    nodes.values().forEach(SyncNode::close);
    log.close();
  }

  private static void letGo(ScriptedEndpoint endpoint) {
    if (endpoint.gate != null) {
      endpoint.gate.countDown();
    }
    if (endpoint.midGate != null) {
      endpoint.midGate.countDown();
    }
    if (endpoint.closeGate != null) {
      endpoint.closeGate.countDown();
    }
  }
}
