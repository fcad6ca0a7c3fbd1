package io.ssyncd.demo;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.SyncNode;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.sink.pound.PoundEndpoints;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** A balancer of the demo: a node with a Pound of its own. */
final class DemoNode implements AutoCloseable {
  private final String name;
  private final PoundStandIn pound;
  private final AtomixLog log;
  private final SyncNode node;

  private DemoNode(String name, PoundStandIn pound, AtomixLog log, SyncNode node) {
    this.name = name;
    this.pound = pound;
    this.log = log;
    this.node = node;
  }

  /** Starts the Pound, and the node beside it. */
  static DemoNode start(
      String name,
      SortedMap<String, LogConfig.MemberAddress> members,
      Farm farm,
      Path poundCfg,
      Path directory)
      throws IOException, LogRefusedException {
    Path sockets = Files.createDirectories(directory.resolve("pound"));
    PoundStandIn pound = PoundStandIn.start(farm, sockets, PoundStandIn.Options.DEFAULT);
    LogConfig logConfig =
        new LogConfig(
            name,
            directory.resolve("log"),
            "demo",
            members,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Durability.OS);
    NodeConfig config =
        new NodeConfig(
            directory,
            logConfig,
            List.of(Feed.farm(farm.name())),
            new NodeConfig.Promotion(
                List.of(Kind.HTTP),
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(10),
                NodeConfig.Gate.PRIORITY),
            new NodeConfig.Limits(1_000_000, 1_000),
            NodeConfig.DIGEST_EVERY,
            List.of());
    AtomixLog log = new AtomixLog(logConfig);
    PoundEndpoints endpoints =
        new PoundEndpoints(
            its -> PoundLinkConfig.of(its).withSocketDirectory(sockets),
            Map.of(farm.name(), poundCfg),
            "");
    SyncNode node = new SyncNode(config, log, List.of(endpoints));
    DemoNode started = new DemoNode(name, pound, log, node);
    try {
      node.start();
      return started;
    } catch (LogRefusedException e) {
      pound.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  PoundStandIn pound() {
    return pound;
  }

  SyncNode node() {
    return node;
  }

  boolean collects() {
    return node.status().state() == NodeState.INGESTING;
  }

  int sessions() {
    return node.table().count(Kind.HTTP);
  }

  /** Dies as a machine does: says nothing to anybody. */
  void die() {
    log.abort();
    pound.close();
  }

  @Override
  public void close() {
    node.close();
    pound.close();
  }
}
