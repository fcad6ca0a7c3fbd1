package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.F2;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Entry.Operation;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.WriteReport.Result;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators ask for: writes, feeds, clears. */
class OperatorTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.feeds = List.of(F1, Feed.RECENT);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private void lead() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.f1("a").see(session("l", 2));
    cluster.awaitCounts(2);
  }

  private WriteReport write(String node, Set<Kind> kinds, @Nullable Scope scope) throws Exception {
    return write(node, new WriteRequest(kinds, scope, false, false, false));
  }

  private WriteReport write(String node, WriteRequest request) throws Exception {
    return cluster.node(node).write(request).get(20, TimeUnit.SECONDS);
  }

  @Test
  void aFollowerWritesAndReports() throws Exception {
    lead();
    WriteReport report = write("b", EnumSet.allOf(Kind.class), null);
    assertThat(report.result()).isEqualTo(Result.OK);
    assertThat(report.scopes()).extracting(ScopeReport::applied).containsExactly(2L);
    assertThat(report.index()).isPositive();
    assertThat(report.stateAgeMs()).isZero();
    assertThat(report.epoch()).isEqualTo(cluster.node("a").table().epoch());
    assertThat(cluster.f1("b").process).hasSize(2);
    WriteReport second = write("b", Set.of(Kind.HTTP), Scope.farm("f1"));
    assertThat(second.scopes()).extracting(ScopeReport::unchanged).containsExactly(2L);
    assertThat(cluster.node("b").status().feeds().get(0).sink().state()).isEqualTo("VERIFIED");
  }

  @Test
  void aDryRunWritesNothing() throws Exception {
    lead();
    WriteReport report = write("b", new WriteRequest(Set.of(Kind.HTTP), null, true, false, false));
    assertThat(report.result()).isEqualTo(Result.OK);
    assertThat(report.dryRun()).isTrue();
    assertThat(cluster.f1("b").process).isEmpty();
    assertThat(cluster.node("b").status().feeds().get(0).sink().state()).isEqualTo("IDLE");
  }

  @Test
  void thePoundOfTheIngestingLeaderIsNotWrittenWithoutForce() throws Exception {
    lead();
    WriteReport refused = write("a", Set.of(Kind.HTTP), null);
    assertThat(refused.result()).isEqualTo(Result.NOT_WHILE_INGESTING);
    assertThat(refused.result().word()).isEqualTo("refused");
    assertThat(refused.errors().get(0)).startsWith("http f1: refused, for this node leads");
    WriteReport partly = write("a", EnumSet.allOf(Kind.class), null);
    assertThat(partly.result()).isEqualTo(Result.PARTIAL);
    assertThat(partly.errors()).hasSize(1);
    assertThat(cluster.endpoint("a", Feed.RECENT).count("wrote")).isEqualTo(2);
    assertThat(write("a", new WriteRequest(Set.of(Kind.HTTP), null, true, false, false)).result())
        .isEqualTo(Result.OK);
    assertThat(write("a", new WriteRequest(Set.of(Kind.HTTP), null, false, false, true)).result())
        .isEqualTo(Result.OK);
  }

  @Test
  void refusedRecordsAndFailingSinksMakeAPartialWrite() throws Exception {
    lead();
    cluster.f1("b").refusals = 1;
    assertThat(write("b", Set.of(Kind.HTTP), null).result()).isEqualTo(Result.PARTIAL);
    cluster.f1("b").unreachable = true;
    WriteReport report = write("b", EnumSet.allOf(Kind.class), null);
    assertThat(report.result()).isEqualTo(Result.PARTIAL);
    assertThat(report.errors()).singleElement().asString().contains("http f1");
    assertThat(write("b", Set.of(Kind.HTTP), null).result()).isEqualTo(Result.UNAVAILABLE);
  }

  @Test
  void whatIsUnknownIsRefused() throws Exception {
    lead();
    assertThat(write("b", Set.of(Kind.HTTP), Scope.farm("f9")).result()).isEqualTo(Result.REFUSED);
    assertThat(write("b", Set.of(Kind.RECENT), Scope.table("t")).errors().get(0))
        .contains("recent t");
    assertThat(write("b", Set.of(Kind.RECENT), Scope.farm("f1")).result())
        .isEqualTo(Result.REFUSED);
  }

  @Test
  void withoutAMajorityOnlyTheLastKnownStateIsWritten() throws Exception {
    lead();
    WriteRequest look = new WriteRequest(Set.of(Kind.HTTP), null, true, true, false);
    await().atMost(PATIENCE).until(() -> write("b", look).stateAgeMs() < 60_000);
    cluster.log.cut("b");
    WriteReport report = write("b", Set.of(Kind.HTTP), null);
    assertThat(report.result()).isEqualTo(Result.UNAVAILABLE);
    assertThat(report.errors().get(0)).contains("no barrier");
    assertThat(cluster.f1("b").process).isEmpty();
    WriteReport known = write("b", new WriteRequest(Set.of(Kind.HTTP), null, false, true, false));
    assertThat(known.result()).isEqualTo(Result.OK);
    assertThat(known.lastKnown()).isTrue();
    assertThat(known.stateAgeMs()).isBetween(0L, 60_000L);
    assertThat(cluster.f1("b").process).hasSize(2);
    WriteReport all =
        write("b", new WriteRequest(EnumSet.allOf(Kind.class), null, false, true, false));
    assertThat(all.result()).isEqualTo(Result.OK);
    await().atMost(PATIENCE).until(() -> cluster.track("b").equals("50"));
    cluster.log.heal("b");
    await().atMost(PATIENCE).until(() -> cluster.track("b").equals("0"));
  }

  /** A farm that was written by hand must not keep the others from being written. */
  @Test
  void aPartOfTheLastKnownStateIsNotTakenForTheWhole() throws Exception {
    cluster.deadline = Duration.ofMillis(300);
    lead();
    cluster.log.cut("b");
    await().atMost(PATIENCE).until(() -> !cluster.node("b").status().quorum());
    for (Scope part : new Scope[] {null, Scope.farm("f1")}) {
      WriteRequest http = new WriteRequest(Set.of(Kind.HTTP), part, false, true, false);
      assertThat(write("b", http).result()).isEqualTo(Result.OK);
    }
    // Which it would not say any more if its sinks held what it knows.
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.node("b").status().address().trackWhy().contains("no majority for"));
    write("b", new WriteRequest(EnumSet.allOf(Kind.class), null, false, true, false));
    await().atMost(PATIENCE).until(() -> cluster.track("b").equals("50"));
  }

  /** It has read no snapshot, and nobody tells it how much of its log counts. */
  @Test
  void aNodeThatKnowsOfNothingWritesNothingAndIsNotDegradedByIt() throws Exception {
    cluster.start("a");
    assertThat(cluster.f1("a")).isNotNull();
    WriteRequest all = new WriteRequest(EnumSet.allOf(Kind.class), null, false, true, false);

    WriteReport report = write("a", all);

    assertThat(report.result()).isEqualTo(Result.UNAVAILABLE);
    assertThat(report.errors()).singleElement().asString().contains("knows of nothing");
    assertThat(cluster.f1("a").events).doesNotContain("write");
    assertThat(cluster.track("a")).isEqualTo("0");
  }

  @Test
  void aNodeThatKnewMoreBeforeItsRestartSaysSo() throws Exception {
    lead();
    long held = cluster.node("b").table().appliedIndex();
    List.of("a", "c", "b").forEach(cluster::stop);
    Files.writeString(directory.resolve("b").resolve("current"), (held + 1000) + "\n");
    cluster.start("b");
    cluster.awaitCount("b", 2);

    WriteReport report = write("b", new WriteRequest(Set.of(Kind.HTTP), null, false, true, false));

    assertThat(report.result()).isEqualTo(Result.PARTIAL);
    assertThat(report.errors()).singleElement().asString().contains("entry " + (held + 1000));
    assertThat(cluster.f1("b").process).hasSize(2);
  }

  @Test
  void aLeadersOwnWriteEndsWithItsReign_andSaysHowFarItCame() throws Exception {
    lead();
    CountDownLatch gate = new CountDownLatch(1);
    cluster.f1("a").midGate = gate;
    cluster.f1("a").process.clear();
    CompletableFuture<WriteReport> written =
        cluster.node("a").write(new WriteRequest(Set.of(Kind.HTTP), null, false, false, true));
    await().atMost(PATIENCE).until(() -> cluster.f1("a").process.size() == 1);

    cluster.log.elect("b");
    cluster.awaitState("b", NodeState.INGESTING);
    gate.countDown();

    WriteReport report = written.get(20, TimeUnit.SECONDS);
    assertThat(report.result()).isEqualTo(Result.UNAVAILABLE);
    assertThat(report.errors()).singleElement().asString().contains("http f1: stopped after 1");
    assertThat(report.notes()).singleElement().asString().contains("opened meanwhile");
    assertThat(cluster.f1("a").process).hasSize(1);
    assertThat(cluster.node("a").status().feeds().get(0).sink().lastError()).contains("after 1");
    assertThat(cluster.f1("b").process).hasSize(2);
    assertThat(write("a", Set.of(Kind.HTTP), null).scopes().get(0).applied()).isEqualTo(1);
  }

  @Test
  void anOperatorsWriteAndAPromotionsNeverMeet() throws Exception {
    lead();
    CountDownLatch gate = new CountDownLatch(1);
    cluster.f1("b").gate = gate;
    CompletableFuture<WriteReport> first =
        cluster.node("b").write(new WriteRequest(Set.of(Kind.HTTP), null, false, false, false));
    await().atMost(PATIENCE).until(() -> cluster.f1("b").count("write") == 1);
    cluster.log.elect("b");
    cluster.awaitState("b", NodeState.WRITING);
    gate.countDown();
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(first.get().result()).isEqualTo(Result.OK);
    assertThat(cluster.f1("b").events).containsExactly("write", "wrote", "write", "wrote", "start");
  }

  @Test
  void aStartedFeedIsOpenedOnAllMembersAndIngestedByTheLeader() throws Exception {
    lead();
    cluster.node("b").execute(new Operation.StartFeed(F2)).get(10, TimeUnit.SECONDS);
    for (String name : List.of("a", "b", "c")) {
      assertThat(cluster.endpoint(name, F2)).isNotNull();
    }
    await().atMost(PATIENCE).until(() -> cluster.endpoint("a", F2).ingesting());
    assertThat(cluster.endpoint("a", F2).events).containsExactly("write", "wrote", "start");
    assertThat(cluster.endpoint("b", F2).ingesting()).isFalse();
    cluster.endpoint("a", F2).see(ScriptedEndpoint.session("f2", "k", 1));
    cluster.awaitCounts(3);
    // The next leader ingests it as well.
    cluster.lead("c");
    assertThat(cluster.endpoint("c", F2).process).hasSize(1);
    cluster.node("b").execute(new Operation.StopFeed(F2)).get(10, TimeUnit.SECONDS);
    for (String name : List.of("a", "b", "c")) {
      await().atMost(PATIENCE).until(() -> cluster.endpoint(name, F2).count("close") == 1);
    }
    cluster.awaitCounts(3);
    assertThat(cluster.node("c").status().state()).isEqualTo(NodeState.INGESTING);
  }

  @Test
  void aStoppedFeedOfTheConfigurationStaysStoppedOverARestart() throws Exception {
    lead();
    cluster.node("a").execute(new Operation.StopFeed(F1)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> cluster.f1("a").count("close") == 1);
    NodeStatus.FeedStatus shown =
        cluster.node("a").status().feeds().stream()
            .filter(feed -> feed.feed().equals(F1))
            .findFirst()
            .orElseThrow();
    assertThat(shown.started()).isFalse();
    cluster.stop("c");
    cluster.start("c");
    cluster.awaitCount("c", 2);
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.hosts.get("c").count(F1) == 1 || cluster.f1("c").count("close") == 1);
    cluster.node("b").execute(new Operation.StartFeed(F1)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> cluster.f1("a").ingesting());
    assertThat(cluster.hosts.get("a").count(F1)).isEqualTo(2);
  }

  @Test
  void aFeedThatFailsLateDoesNotTakeTheLeaderOutOfService() throws Exception {
    lead();
    cluster.hosts.get("a").prepare(F2).unreachable = true;
    cluster.node("a").execute(new Operation.StartFeed(F2)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.SINK_FAILED));
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.INGESTING);
    assertThat(cluster.track("a")).isEqualTo("100");
    assertThat(cluster.f1("a").ingesting()).isTrue();
    cluster.node("a").execute(new Operation.StopFeed(F2)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.SINK_FAILED));
  }

  @Test
  void aFeedThatCannotBeOpenedIsAWarningAndTheOthersGoOn() throws Exception {
    cluster.hosts.get("a").refused = F2;
    lead();
    cluster.node("a").execute(new Operation.StartFeed(F2)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.FEED_REFUSED));
    assertThat(cluster.f1("a").ingesting()).isTrue();
    assertThat(cluster.endpoint("b", F2)).isNotNull();
  }

  @Test
  void aCommandIsAppliedOnceHoweverOftenItWasProposed() throws Exception {
    lead();
    cluster.log.loseProposals("b", 2);
    cluster.log.loseAnswers("b", 2);
    cluster.node("b").execute(new Operation.Clear(Kind.HTTP, null)).get(10, TimeUnit.SECONDS);
    assertThat(cluster.node("b").table().count(Kind.HTTP)).isZero();
    cluster.awaitCounts(0);
  }

  @Test
  void aCommandOnAClosedNodeFails() throws Exception {
    lead();
    SyncNode b = cluster.node("b");
    cluster.stop("b");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> b.execute(new Operation.StartFeed(F2)).get(10, TimeUnit.SECONDS))
        .withCauseInstanceOf(LogUnavailableException.class);
    assertThat(
            b.write(new WriteRequest(Set.of(Kind.HTTP), null, false, false, false))
                .get(10, TimeUnit.SECONDS)
                .result())
        .isEqualTo(Result.UNAVAILABLE);
  }

  @Test
  void aClearGoesOutOfTheProcessOfEveryMember() throws Exception {
    lead();
    write("b", Set.of(Kind.HTTP), null);

    assertThat(clear("b")).containsExactly(Map.entry(Scope.farm("f1"), 2));

    cluster.awaitCounts(0);
    for (String name : List.of("a", "b", "c")) {
      await().atMost(PATIENCE).until(() -> cluster.f1(name).count("clear") == 1);
      await().atMost(PATIENCE).until(() -> cluster.f1(name).process.isEmpty());
      assertThat(cluster.endpoint(name, Feed.RECENT).count("clear")).isZero();
    }
  }

  @Test
  void aMemberThatStartsDoesNotCarryOldClearsOutAgain() throws Exception {
    lead();
    clear("a");
    await().atMost(PATIENCE).until(() -> cluster.f1("c").count("clear") == 1);
    cluster.stop("c");
    cluster.f1("a").see(session("m", 3));
    cluster.start("c");
    cluster.awaitCounts(1);
    ScriptedEndpoint again = cluster.f1("c");
    await().atMost(PATIENCE).until(() -> write("c", Set.of(Kind.HTTP), null).result() == Result.OK);
    assertThat(again.count("clear")).isZero();
    assertThat(again.process).hasSize(1);

    await().atMost(PATIENCE).until(() -> clear("c").size() == 1);
    assertThat(again.process).isEmpty();
  }

  @Test
  void aProcessThatCannotBeClearedIsAWarningUntilItIs() throws Exception {
    lead();
    cluster.f1("b").unreachable = true;

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> clear("b"))
        .withMessageContaining("not in reach");
    cluster.awaitCounts(0);
    assertThat(cluster.warned("b", WarningCode.CLEAR_FAILED)).isTrue();

    cluster.f1("b").unreachable = false;
    clear("b");
    assertThat(cluster.warned("b", WarningCode.CLEAR_FAILED)).isFalse();
  }

  @Test
  void aFarmThatNobodyKnowsIsNeitherStoppedNorCleared() throws Exception {
    lead();
    Feed typo = Feed.farm("f11");
    await().atMost(PATIENCE).until(cluster.node("b")::clearsAreReady);

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> cluster.node("b").execute(new Operation.StopFeed(typo)).get())
        .withCauseInstanceOf(UnknownFarmException.class)
        .withMessageContaining("f11");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> cluster.node("b").clear(Kind.HTTP, Scope.farm("f11")).get())
        .withCauseInstanceOf(UnknownFarmException.class)
        .withMessageContaining("f1");
    assertThat(cluster.node("b").table().stoppedFeeds()).isEmpty();

    cluster.node("b").execute(new Operation.StartFeed(typo)).get(10, TimeUnit.SECONDS);
    cluster.node("c").execute(new Operation.StopFeed(typo)).get(10, TimeUnit.SECONDS);
    cluster.node("a").execute(new Operation.StopFeed(typo)).get(10, TimeUnit.SECONDS);
  }

  private Map<Scope, Integer> clear(String node) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.nodes.values().stream().allMatch(SyncNode::clearsAreReady));
    return cluster.node(node).clear(Kind.HTTP, Scope.farm("f1")).get(20, TimeUnit.SECONDS);
  }
}
