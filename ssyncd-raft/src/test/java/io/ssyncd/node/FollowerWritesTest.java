package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sinks that are kept current while another node leads. */
class FollowerWritesTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.feeds = List.of(F1, Feed.RECENT);
    cluster.materialise =
        new NodeConfig.Materialise(
            Set.of(Kind.HTTP, Kind.RECENT),
            Map.of(),
            Map.of(Kind.HTTP, Duration.ofMillis(20), Kind.RECENT, Duration.ofMillis(20)),
            100);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private static RecentEntry entry(String table, int host, long at) {
    return new RecentEntry(
        new RecentKey(table, Bytes.of(new byte[] {10, 0, 0, (byte) host})), 64, at);
  }

  private ScriptedEndpoint recent(String name) {
    return cluster.endpoint(name, Feed.RECENT);
  }

  private void lead() throws Exception {
    cluster.startAll();
    cluster.lead("a");
  }

  private void awaitHeld(String name, Feed feed, int records) {
    await().atMost(PATIENCE).until(() -> cluster.endpoint(name, feed).process.size() == records);
  }

  private FollowedSinks.Sink followed(String name, Feed feed) {
    return cluster.node(name).followed().sinks().stream()
        .filter(each -> each.feed().equals(feed))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatTheLeaderCollectsIsInTheFollowersSinksWithoutACommand() throws Exception {
    lead();
    cluster.f1("a").see(session("k", 1));
    recent("a").see(entry("T", 1, 5));
    for (String follower : List.of("b", "c")) {
      awaitHeld(follower, F1, 1);
      awaitHeld(follower, Feed.RECENT, 1);
    }
    recent("a").see(entry("T", 2, 6));
    awaitHeld("b", Feed.RECENT, 2);
    await().atMost(PATIENCE).until(() -> followed("b", Feed.RECENT).lagEntries() == 0);
    assertThat(followed("b", Feed.RECENT).writes()).isGreaterThan(1);
    assertThat(cluster.node("a").followed().sinks()).as("of the leader").isEmpty();
    assertThat(cluster.node("b").status().warnings())
        .noneMatch(warning -> warning.code().equals("not-kept-current"));
  }

  @Test
  void whatAWriteStirsUpInAPoundIsNotTakenForTraffic() throws Exception {
    lead();
    cluster.f1("a").see(session("k", 1));
    awaitHeld("b", F1, 1);
    await().atMost(PATIENCE).until(() -> followed("b", F1).lagEntries() == 0);
    Instant before = sink("b", F1).lastWrite();
    cluster.f1("a").see(session("l", 1));
    awaitHeld("b", F1, 2);
    // The time of the last write is what tells traffic in a follower's Pound from it.
    await().atMost(PATIENCE).until(() -> sink("b", F1).lastWrite().isAfter(before));
    assertThat(sink("b", F1).state()).isEqualTo("VERIFIED");
  }

  private NodeStatus.SinkStatus sink(String name, Feed feed) {
    return cluster.node(name).status().feeds().stream()
        .filter(each -> each.feed().equals(feed))
        .findFirst()
        .orElseThrow()
        .sink();
  }

  @Test
  void aPromotionFindsNothingToWrite() throws Exception {
    lead();
    for (int i = 0; i < 50; i++) {
      cluster.f1("a").see(session("k" + i, 1));
    }
    awaitHeld("b", F1, 50);
    await().atMost(PATIENCE).until(() -> followed("b", F1).lagEntries() == 0);
    cluster.lead("b");
    ScopeReport report = sink("b", F1).lastReports().get(0);
    assertThat(report.applied()).isZero();
    assertThat(report.unchanged()).isEqualTo(50);
  }

  /** It stayed empty until all tables were looked at, up to a minute later. */
  @Test
  void aTableThatWasMadeAnewIsWrittenAtOnce() throws Exception {
    lead();
    recent("a").see(entry("T", 1, 5));
    recent("a").see(entry("U", 1, 5));
    awaitHeld("b", Feed.RECENT, 2);
    await().atMost(PATIENCE).until(() -> followed("b", Feed.RECENT).lagEntries() == 0);
    recent("b").process.keySet().removeIf(key -> key.scope().equals(Scope.table("T")));
    recent("b").orders.clear();
    recent("b").emptied.set(Set.of(Scope.table("T")));
    awaitHeld("b", Feed.RECENT, 2);
    assertThat(recent("b").orders.get(0).scopes()).containsExactly(Scope.table("T"));
    assertThat(followed("b", Feed.RECENT).lagEntries())
        .as("no entry of the log was missed")
        .isZero();
  }

  @Test
  void onlyTheTablesThatChangedAreWritten() throws Exception {
    lead();
    recent("a").see(entry("T", 1, 5));
    recent("a").see(entry("U", 1, 5));
    awaitHeld("b", Feed.RECENT, 2);
    await().atMost(PATIENCE).until(() -> followed("b", Feed.RECENT).lagEntries() == 0);
    int before = recent("b").orders.size();
    recent("a").see(entry("U", 2, 5));
    awaitHeld("b", Feed.RECENT, 3);
    assertThat(recent("b").orders.subList(before, recent("b").orders.size()))
        .isNotEmpty()
        .allSatisfy(
            order -> {
              assertThat(order.scopes()).containsExactly(Scope.table("U"));
              assertThat(order.routine()).isTrue();
            });
  }

  @Test
  void whatIsNotConfiguredSoIsWrittenOnPromotionAlone() throws Exception {
    cluster.materialise =
        new NodeConfig.Materialise(Set.of(Kind.RECENT, Kind.HTTP), Map.of(F1, false), Map.of(), 50);
    lead();
    cluster.f1("a").see(session("k", 1));
    recent("a").see(entry("T", 1, 5));
    awaitHeld("b", Feed.RECENT, 1);
    assertThat(cluster.f1("b").count("write")).isZero();
    assertThat(cluster.node("b").followed().sinks())
        .extracting(FollowedSinks.Sink::feed)
        .containsExactly(Feed.RECENT);
  }

  @Test
  void aPoundThatGetsTrafficIsLeftAloneAndThatIsSaid() throws Exception {
    lead();
    cluster.f1("a").see(session("k", 1));
    awaitHeld("b", F1, 1);
    cluster.f1("b").see(session("astray", 2));
    await().atMost(PATIENCE).until(() -> cluster.warned("b", WarningCode.NOT_KEPT_CURRENT));
    long writes = cluster.f1("b").count("write");
    cluster.f1("a").see(session("l", 3));
    awaitHeld("c", F1, 2);
    await().atMost(PATIENCE).until(() -> followed("b", F1).lagEntries() > 0);
    assertThat(followed("b", F1).paused()).contains("traffic");
    assertThat(cluster.f1("b").count("write")).isEqualTo(writes);
    assertThat(cluster.warned("c", WarningCode.NOT_KEPT_CURRENT)).isFalse();
  }

  @Test
  void aWriteIntoAPoundThatGetsTrafficMeanwhileStops() throws Exception {
    cluster.startAll();
    CountDownLatch gate = new CountDownLatch(1);
    cluster.f1("b").midGate = gate;
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.f1("a").see(session("l", 1));
    await().atMost(PATIENCE).until(() -> cluster.f1("b").writing.get() == 1);
    cluster.f1("b").see(session("astray", 2));
    cluster.f1("b").midGate = null;
    gate.countDown();
    await().atMost(PATIENCE).until(() -> cluster.f1("b").count("fenced") == 1);
    WriteOrder order = cluster.f1("b").orders.get(0);
    assertThat(order.fence().why()).as("the reason").contains("clients").doesNotContain("leader");
  }

  @Test
  void thePoundOfOneThatHasJustLedIsLeftAloneForAWhile() throws Exception {
    lead();
    cluster.f1("a").see(session("k", 1));
    recent("a").see(entry("T", 1, 5));
    awaitHeld("b", F1, 1);
    long writes = cluster.f1("a").count("write");
    cluster.lead("b");
    cluster.f1("b").see(session("l", 2));
    recent("b").see(entry("T", 2, 6));
    awaitHeld("a", Feed.RECENT, 2); // a kernel's table is kept current at once
    await().atMost(PATIENCE).until(() -> followed("a", F1).paused() != null);
    assertThat(followed("a", F1).paused()).contains("led");
    assertThat(cluster.f1("a").count("write")).isEqualTo(writes);
    awaitHeld("c", F1, 2);
    assertThat(cluster.warned("a", WarningCode.NOT_KEPT_CURRENT)).isTrue();
  }

  @Test
  void thePoundOfOneThatHasLedIsKeptCurrentWhereTheAddressIsKnownToHaveLeft() throws Exception {
    InetAddress address = InetAddress.getByName("192.0.2.1");
    cluster.vip = List.of(address);
    cluster.addresses.get("a").add(address);
    lead();
    cluster.f1("a").see(session("k", 1));
    awaitHeld("b", F1, 1);
    cluster.addresses.get("a").clear();
    cluster.addresses.get("b").add(address);
    cluster.awaitState("b", NodeState.INGESTING);
    cluster.f1("b").see(session("l", 2));
    awaitHeld("a", F1, 2);
  }

  @Test
  void anElectedMemberDoesNotWaitForItsOwnRoutineWrite() throws Exception {
    cluster.startAll();
    cluster.f1("b").gate = new CountDownLatch(1); // a dump that does not come
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    await().atMost(PATIENCE).until(() -> cluster.f1("b").writing.get() == 1);
    cluster.f1("b").gate = null;
    cluster.lead("b");
    assertThat(cluster.f1("b").events)
        .containsSubsequence("write", "interrupted", "write", "wrote");
  }

  @Test
  void theAddressOnThisHostIsTrafficToCome() throws Exception {
    InetAddress address = InetAddress.getByName("192.0.2.1");
    cluster.vip = List.of(address);
    cluster.addresses.get("a").add(address);
    lead();
    cluster.f1("a").see(session("k", 1));
    awaitHeld("b", F1, 1);
    cluster.log.refuseTransfers(true);
    cluster.addresses.get("a").clear();
    cluster.addresses.get("b").add(address);
    await().atMost(PATIENCE).until(() -> cluster.warned("b", WarningCode.NOT_KEPT_CURRENT));
    assertThat(followed("b", F1).paused()).contains("address");
    assertThat(followed("b", Feed.RECENT).paused()).as("a kernel's table").isNull();
  }

  @Test
  void aMemberThatIsElectedInTheMiddleStopsAndWritesAsALeader() throws Exception {
    cluster.startAll();
    CountDownLatch gate = new CountDownLatch(1);
    cluster.f1("b").midGate = gate;
    cluster.f1("b").stubborn = true;
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.f1("a").see(session("l", 1));
    await().atMost(PATIENCE).until(() -> cluster.f1("b").writing.get() == 1);
    cluster.log.elect("b");
    await().atMost(PATIENCE).until(() -> cluster.node("b").status().role().equals("leader"));
    cluster.awaitState("b", NodeState.WRITING);
    cluster.f1("b").midGate = null;
    gate.countDown();
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(cluster.f1("b").events).contains("fenced").doesNotContain("TWO WRITES AT ONCE");
    assertThat(cluster.f1("b").orders.get(cluster.f1("b").orders.size() - 1).routine()).isFalse();
    assertThat(cluster.f1("b").process).hasSize(2);
  }

  @Test
  void aWriteThatFailsAfterTheElectionSaysNothingOfThePromotions() throws Exception {
    cluster.startAll();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    cluster.f1("b").gate = first;
    cluster.f1("b").stubborn = true;
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    await().atMost(PATIENCE).until(() -> cluster.f1("b").writing.get() == 1);
    cluster.log.elect("b");
    cluster.awaitState("b", NodeState.WRITING);
    cluster.f1("b").failures.set(1);
    cluster.f1("b").midGate = second;
    cluster.f1("b").gate = null;
    first.countDown();

    await().atMost(PATIENCE).until(() -> sink("b", F1).failures() == 1);
    assertThat(sink("b", F1).state()).isEqualTo("WRITING");
    cluster.f1("b").midGate = null;
    second.countDown();
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(sink("b", F1).state()).isEqualTo("VERIFIED");
  }

  @Test
  void aWriteThatFailsIsSaidAndTriedAgainWithAll() throws Exception {
    lead();
    recent("a").see(entry("T", 1, 5));
    awaitHeld("b", Feed.RECENT, 1);
    await().atMost(PATIENCE).until(() -> followed("b", Feed.RECENT).lagEntries() == 0);
    recent("b").failures.set(1);
    recent("a").see(entry("T", 2, 5));
    await().atMost(PATIENCE).until(() -> cluster.warned("b", WarningCode.SINK_FAILED));
    awaitHeld("b", Feed.RECENT, 2);
    assertThat(recent("b").orders.get(recent("b").orders.size() - 1).scopes()).isEmpty();
    await().atMost(PATIENCE).until(() -> !cluster.warned("b", WarningCode.SINK_FAILED));
  }

  @Test
  void aFollowerWithoutAMajorityChangesNothing() throws Exception {
    lead();
    cluster.f1("a").see(session("k", 1));
    awaitHeld("c", F1, 1);
    cluster.log.cut("c");
    await().atMost(PATIENCE).until(() -> !cluster.node("c").status().quorum());
    long writes = cluster.f1("c").count("write");
    cluster.f1("a").see(session("l", 1));
    awaitHeld("b", F1, 2);
    assertThat(cluster.f1("c").count("write")).isEqualTo(writes);
    cluster.log.heal("c");
    awaitHeld("c", F1, 2);
  }
}
