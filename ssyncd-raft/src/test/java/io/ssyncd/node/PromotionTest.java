package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.F2;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromotionTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() {
    cluster = new TestCluster(directory, "a", "b", "c");
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  /** Three sessions by way of a, which then leads no more. */
  private void sessionsOfA(int count) throws Exception {
    cluster.startAll();
    cluster.lead("a");
    for (int i = 0; i < count; i++) {
      cluster.f1("a").see(session("k" + i, 1_000 + i));
    }
    cluster.awaitCounts(count);
  }

  @Test
  void theLeaderWritesBeforeItIngests() throws Exception {
    sessionsOfA(3);
    cluster.lead("b");
    ScriptedEndpoint pound = cluster.f1("b");
    assertThat(pound.events).startsWith("write", "wrote", "start");
    assertThat(pound.process).hasSize(3);
    assertThat(cluster.f1("a").events).endsWith("stop");
    NodeStatus status = cluster.node("b").status();
    assertThat(status.feeds().get(0).sink().state()).isEqualTo("VERIFIED");
    assertThat(status.feeds().get(0).ingesting()).isTrue();
    assertThat(status.epoch()).isEqualTo(cluster.node("b").table().epoch()).isPositive();
  }

  @Test
  void anEmptyPoundNeverEmptiesTheCluster() throws Exception {
    sessionsOfA(3);
    assertThat(cluster.f1("c").process).isEmpty();
    cluster.lead("c");
    cluster.awaitCounts(3);
    assertThat(cluster.f1("c").process).hasSize(3);
    cluster.f1("c").restart();
    await().atMost(PATIENCE).until(() -> cluster.f1("c").process.size() == 3);
    cluster.awaitCounts(3);
  }

  @Test
  void whatIsNewerInThePoundWinsWhenIngestBegins() throws Exception {
    sessionsOfA(1);
    cluster.f1("b").see(session("k0", 9_000));
    cluster.f1("b").see(session("own", 9_000));
    cluster.lead("b");
    cluster.awaitCounts(2);
    assertThat(cluster.node("a").table().get(session("k0", 0).key()))
        .isEqualTo(session("k0", 9_000));
  }

  @Test
  void aLateBatchOfADeposedLeaderChangesNothing() throws Exception {
    sessionsOfA(1);
    cluster.log.hold("a");
    cluster.f1("a").see(session("late", 2_000));
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    cluster.lead("b");
    cluster.log.release("a");
    long after = cluster.log.entries().size();
    for (SyncNode node : cluster.nodes.values()) {
      await().atMost(PATIENCE).until(() -> node.table().appliedIndex() >= after);
      assertThat(node.table().count(Kind.HTTP)).isEqualTo(1);
    }
    assertThat(cluster.node("b").status().state()).isEqualTo(NodeState.INGESTING);
  }

  @Test
  void anOpenOfAnEarlierLeaderThatCommitsLateIsFollowedByANewOneOfTheLeader() throws Exception {
    cluster.startAll();
    cluster.log.hold("a");
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    cluster.lead("b");
    long epoch = cluster.node("b").table().epoch();
    cluster.log.release("a");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.node("b").table().epoch() > epoch
                    && "b".equals(cluster.node("b").table().ingester())
                    && cluster.node("b").status().state() == NodeState.INGESTING);
    cluster.f1("b").see(session("k", 1));
    cluster.awaitCounts(1);
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.FOLLOWER);
  }

  @Test
  void anOwnOpenOfAnEarlierReignThatCommitsLateDoesNotStopTheLeader() throws Exception {
    cluster.startAll();
    cluster.log.hold("a");
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    cluster.log.elect("b");
    cluster.awaitState("b", NodeState.INGESTING);
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 2);
    cluster.log.release("a");
    cluster.awaitState("a", NodeState.INGESTING);
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
  }

  @Test
  void anOpenThatIsLostOrUnansweredIsProposedAgain() throws Exception {
    cluster.startAll();
    cluster.log.loseProposals("a", 2);
    cluster.log.loseAnswers("a", 2);
    cluster.lead("a");
    assertThat(cluster.f1("a").events).containsExactly("write", "wrote", "start");
  }

  @Test
  void aSinkThatFailsIsTriedAgainAndKeepsTheNodeOutOfVerified() throws Exception {
    cluster.feeds = List.of(F1, F2);
    cluster.startAll();
    cluster.f1("a").unreachable = true;
    cluster.log.elect("a");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.endpoint("a", F2).count("wrote") == 1
                    && cluster.f1("a").count("write") > 3);
    NodeStatus status = cluster.node("a").status();
    assertThat(status.state()).isEqualTo(NodeState.WRITING);
    assertThat(cluster.warned("a", WarningCode.SINK_FAILED)).isTrue();
    assertThat(cluster.endpoint("a", F2).ingesting()).isFalse();
    cluster.f1("a").unreachable = false;
    cluster.awaitState("a", NodeState.INGESTING);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.SINK_FAILED));
    assertThat(cluster.f1("a").ingesting()).isTrue();
  }

  @Test
  void afterTheDeadlineTheFeedsThatWereWrittenAreIngested() throws Exception {
    cluster.feeds = List.of(F1, F2);
    cluster.deadline = Duration.ofMillis(300);
    cluster.startAll();
    cluster.f1("a").unreachable = true;
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.endpoint("a", F2).ingesting());
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.f1("a").ingesting()).isFalse();
    assertThat(cluster.warned("a", WarningCode.PROMOTION_LATE)).isTrue();
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("50"));
    cluster.endpoint("a", F2).see(ScriptedEndpoint.session("f2", "k", 1));
    cluster.awaitCounts(1);
    cluster.f1("a").unreachable = false;
    await().atMost(PATIENCE).until(() -> cluster.f1("a").ingesting());
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
    assertThat(cluster.endpoint("a", F2).count("start")).isEqualTo(1);
    assertThat(cluster.warned("a", WarningCode.PROMOTION_LATE)).isFalse();
  }

  @Test
  void afterTheDeadlineANodeOfWhichNothingIsWrittenStaysWriting() throws Exception {
    cluster.deadline = Duration.ofMillis(100);
    cluster.startAll();
    cluster.f1("a").unreachable = true;
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("50"));
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.WRITING);
    assertThat(cluster.f1("a").ingesting()).isFalse();
  }

  @Test
  void aLateLeaderThatLosesItsMajorityIsWritingAgain() throws Exception {
    cluster.feeds = List.of(F1, F2);
    cluster.deadline = Duration.ofMillis(100);
    cluster.startAll();
    cluster.f1("a").unreachable = true;
    cluster.lead("a");
    cluster.log.cut("b");
    cluster.log.cut("c");
    cluster.awaitState("a", NodeState.WRITING);
    assertThat(cluster.endpoint("a", F2).ingesting()).isFalse();
    cluster.log.heal("b");
    cluster.awaitState("a", NodeState.INGESTING);
  }

  @Test
  void aSlowSinkHoldsNobodyOfItsKindAndTheNextKindsForTheDeadlineOnly() throws Exception {
    cluster.feeds = List.of(F1, F2, Feed.RECENT);
    cluster.deadline = Duration.ofMillis(300);
    CountDownLatch gate = new CountDownLatch(1);
    cluster.hosts.get("a").prepare(F1).gate = gate;
    cluster.startAll();
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.endpoint("a", F2).count("wrote") == 1);
    await().atMost(PATIENCE).until(() -> cluster.endpoint("a", Feed.RECENT).count("wrote") == 1);
    assertThat(cluster.f1("a").count("wrote")).isZero();
    gate.countDown();
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.f1("a").count("write")).isEqualTo(1);
  }

  @Test
  void kindsAreWrittenInTheirOrder() throws Exception {
    cluster.feeds = List.of(F1, Feed.RECENT);
    cluster.order = List.of(Kind.RECENT, Kind.HTTP);
    CountDownLatch gate = new CountDownLatch(1);
    cluster.hosts.get("a").prepare(Feed.RECENT).gate = gate;
    cluster.startAll();
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.endpoint("a", Feed.RECENT).count("write") == 1);
    assertThat(cluster.f1("a").events).isEmpty();
    gate.countDown();
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.f1("a").events).containsExactly("write", "wrote", "start");
  }

  @Test
  void aKindThatIsNotToBeWrittenIsIngestedAllTheSame() throws Exception {
    cluster.feeds = List.of(F1, Feed.RECENT);
    cluster.order = List.of(Kind.HTTP);
    cluster.startAll();
    cluster.lead("a");
    assertThat(cluster.endpoint("a", Feed.RECENT).events).containsExactly("start");
  }

  @Test
  void refusedRecordsDoNotBlock() throws Exception {
    sessionsOfA(3);
    cluster.f1("b").refusals = 2;
    cluster.lead("b");
    NodeStatus.FeedStatus feed = cluster.node("b").status().feeds().get(0);
    assertThat(feed.sink().state()).isEqualTo("PARTIAL");
    assertThat(feed.sink().lastReports().get(0).refused()).isEqualTo(2);
    assertThat(cluster.warned("b", WarningCode.SINK_PARTIAL)).isTrue();
  }

  @Test
  void aMismatchIsWrittenOnceMoreAndThenAccepted() throws Exception {
    sessionsOfA(3);
    cluster.f1("b").mismatches.set(1);
    cluster.lead("b");
    assertThat(cluster.f1("b").count("wrote")).isEqualTo(2);
    assertThat(cluster.node("b").status().feeds().get(0).sink().state()).isEqualTo("VERIFIED");
    cluster.f1("c").mismatches.set(100);
    cluster.lead("c");
    assertThat(cluster.f1("c").count("wrote")).isEqualTo(2);
    assertThat(cluster.node("c").status().feeds().get(0).sink().state()).isEqualTo("PARTIAL");
  }

  @Test
  void aLeaderThatIsDeposedInTheMiddleOfAWriteStopsThere() throws Exception {
    sessionsOfA(10);
    cluster.f1("b").midGate = new CountDownLatch(1);
    cluster.log.elect("b");
    await().atMost(PATIENCE).until(() -> cluster.f1("b").process.size() == 5);
    cluster.lead("c");
    cluster.awaitState("b", NodeState.FOLLOWER);
    assertThat(cluster.f1("b").events).containsExactly("write", "interrupted");
    assertThat(cluster.f1("b").process).hasSize(5);
    assertThat(cluster.node("b").status().feeds().get(0).sink().state()).isEqualTo("IDLE");
    assertThat(cluster.f1("c").process).hasSize(10);
  }

  @Test
  void aWriteStopsWhenTheMajorityIsGoneAlthoughNobodyToldOfANewLeader() throws Exception {
    sessionsOfA(10);
    CountDownLatch gate = new CountDownLatch(1);
    cluster.f1("b").midGate = gate;
    cluster.log.elect("b");
    await().atMost(PATIENCE).until(() -> cluster.f1("b").process.size() == 5);
    cluster.log.cut("b");
    Duration lease = cluster.config("b").log().electionTimeout();
    await().pollDelay(lease.multipliedBy(2)).until(() -> true);
    gate.countDown();
    await().atMost(PATIENCE).until(() -> cluster.f1("b").count("fenced") == 1);
    assertThat(cluster.f1("b").process).hasSize(5);
    cluster.log.heal("b");
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(cluster.f1("b").process).hasSize(10);
  }

  @Test
  void withoutAMajorityTheLeaderStopsIngestingAndResumesInTheSameEpoch() throws Exception {
    sessionsOfA(2);
    long epoch = cluster.node("a").table().epoch();
    cluster.log.cut("b");
    cluster.log.cut("c");
    cluster.awaitState("a", NodeState.VERIFIED);
    assertThat(cluster.f1("a").ingesting()).isFalse();
    assertThat(cluster.warned("a", WarningCode.NO_QUORUM)).isTrue();
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("50"));
    cluster.f1("a").see(session("meanwhile", 5_000));
    cluster.log.heal("b");
    cluster.awaitState("a", NodeState.INGESTING);
    cluster.log.heal("c");
    cluster.awaitCounts(3);
    assertThat(cluster.node("a").table().epoch()).isEqualTo(epoch);
    assertThat(cluster.f1("a").count("write")).isEqualTo(1);
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
  }

  /** How soon, in ticks of the node, which are a fifth of an election timeout apart. */
  @Test
  void theFirstTickWithoutAMajorityStopsIngesting() throws Exception {
    sessionsOfA(1);
    List<Boolean> ingesting = new CopyOnWriteArrayList<>();
    cluster.logs.get("a").onStatus =
        status -> {
          if (!status.quorum() && askedByATick()) {
            ingesting.add(cluster.f1("a").ingesting());
          }
        };
    cluster.log.cut("b");
    cluster.log.cut("c");
    await().atMost(PATIENCE).until(() -> ingesting.size() >= 3);
    assertThat(ingesting.get(0)).isTrue();
    assertThat(ingesting.subList(1, ingesting.size())).containsOnly(false);
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.VERIFIED);
    assertThat(cluster.warned("a", WarningCode.NO_QUORUM)).isTrue();
  }

  /** Others ask for the status as well, and do nothing about it. */
  private static boolean askedByATick() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().equals(NodeTicks.class.getName())
                            && frame.getMethodName().equals("tick")));
  }

  @Test
  void quickRoleChangesNeverLeaveTwoIngests() throws Exception {
    cluster.startAll();
    for (int i = 0; i < 40; i++) {
      cluster.log.elect("a");
      cluster.log.elect(i % 2 == 0 ? "b" : "c");
      cluster.f1("b").see(session("k" + i, i));
    }
    cluster.lead("a");
    await()
        .atMost(PATIENCE)
        .until(() -> !cluster.f1("b").ingesting() && !cluster.f1("c").ingesting());
    cluster.f1("a").see(session("last", 1));
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.node("c").table().get(session("last", 1).key()) != null);
    for (String name : List.of("a", "b", "c")) {
      assertThat(cluster.f1(name).events)
          .doesNotContain("STARTED TWICE", "TWO WRITES AT ONCE")
          .satisfies(PromotionTest::startsAndStopsAlternate);
      if (!name.equals("a")) {
        cluster.awaitState(name, NodeState.FOLLOWER);
      }
    }
  }

  private static void startsAndStopsAlternate(List<? extends String> events) {
    List<? extends String> ends =
        events.stream().filter(event -> event.equals("start") || event.equals("stop")).toList();
    for (int i = 0; i < ends.size(); i++) {
      assertThat(ends.get(i)).isEqualTo(i % 2 == 0 ? "start" : "stop");
    }
  }

  @Test
  void aPoundThatIsReplacedIsWrittenBeforeItIsIngestedAgain() throws Exception {
    sessionsOfA(3);
    ScriptedEndpoint pound = cluster.f1("a");
    pound.restart();
    await().atMost(PATIENCE).until(() -> pound.count("start") == 2);
    assertThat(pound.events)
        .containsExactly("write", "wrote", "start", "stop", "write", "wrote", "start");
    assertThat(pound.process).hasSize(3);
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.INGESTING);
    cluster.awaitCounts(3);
  }

  @Test
  void whatAReplacedPoundHadSaidIsInTheNewOne() throws Exception {
    sessionsOfA(1);
    ScriptedEndpoint pound = cluster.f1("a");
    cluster.log.loseProposals("a", 2);
    pound.see(session("last words", 5_000));
    pound.restart();
    await().atMost(PATIENCE).until(() -> pound.count("start") == 2);
    assertThat(pound.process).hasSize(2);
  }

  @Test
  void aPoundThatFlapsDoesNotSpin() throws Exception {
    sessionsOfA(1);
    ScriptedEndpoint pound = cluster.f1("a");
    for (int i = 0; i < 5; i++) {
      int before = (int) pound.count("start");
      // Many say so at once: before the first of them is answered by a write.
      CountDownLatch gate = new CountDownLatch(1);
      pound.gate = gate;
      for (int j = 0; j < 10; j++) {
        pound.restart();
      }
      gate.countDown();
      await().atMost(PATIENCE).until(() -> pound.count("start") > before);
    }
    assertThat(pound.count("write")).isEqualTo(6);
  }

  @Test
  void afterAColdStartOfAllNodesTheTableIsWrittenBackBeforeItIsIngested() throws Exception {
    sessionsOfA(3);
    for (String name : List.of("a", "b", "c")) {
      cluster.log.crash(name);
      cluster.stop(name);
      cluster.hosts.put(name, new ScriptedEndpoint.Host());
    }
    cluster.startAll();
    cluster.lead("c");
    assertThat(cluster.f1("c").process).hasSize(3);
    assertThat(cluster.f1("c").events).startsWith("write", "wrote", "start");
    cluster.awaitCounts(3);
  }

  @Test
  void aGapEndsTheEpochAndNothingIsMissingInTheNext() throws Exception {
    sessionsOfA(1);
    long epoch = cluster.node("a").table().epoch();
    cluster.log.lie("a", 1);
    cluster.f1("a").see(session("never committed", 1));
    await().atMost(PATIENCE).until(() -> cluster.node("a").ingested().mutations() == 2);
    cluster.f1("a").see(session("own", 2));
    cluster.awaitCounts(3);
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.node("a").table().epoch()).isGreaterThan(epoch);
  }

  @Test
  void aBatchInThisNodesNameThatItDoesNotKnowOfEndsTheEpoch() throws Exception {
    sessionsOfA(1);
    long epoch = cluster.node("a").table().epoch();
    cluster.log.commit(
        EntryCodec.encode(
            new Entry.Batch("a", epoch, 2, List.of(new Mutation.Put(session("foreign", 1))))));
    cluster.awaitCounts(2);
    cluster.f1("a").see(session("own", 2));
    cluster.awaitCounts(3);
    assertThat(cluster.node("a").table().epoch()).isGreaterThan(epoch);
  }

  @Test
  void aForeignOpenWhileThisNodeLeadsIsAnsweredByAnother() throws Exception {
    sessionsOfA(1);
    cluster.log.commit(EntryCodec.encode(new Entry.Open("b", UUID.randomUUID())));
    await().atMost(PATIENCE).until(() -> cluster.f1("a").count("start") == 2);
    cluster.f1("a").see(session("after", 2));
    cluster.awaitCounts(2);
    assertThat(cluster.f1("a").events)
        .containsExactly("write", "wrote", "start", "stop", "write", "wrote", "start");
  }

  @Test
  void everyStepThatIsNoneIsRefused() {
    for (NodeState from : NodeState.values()) {
      for (NodeState to : NodeState.values()) {
        boolean forward = to.ordinal() == from.ordinal() + 1 && from != NodeState.INGESTING;
        boolean draining = to == NodeState.DRAINING && from != NodeState.FOLLOWER && from != to;
        boolean back =
            from == NodeState.INGESTING && (to == NodeState.VERIFIED || to == NodeState.WRITING)
                || from == NodeState.WRITING && to == NodeState.INGESTING
                || from == NodeState.DRAINING
                    && (to == NodeState.FOLLOWER || to == NodeState.ELECTED);
        assertThat(PromotionState.isStep(from, to))
            .as("%s -> %s", from, to)
            .isEqualTo(forward || draining || back);
      }
    }
  }
}
