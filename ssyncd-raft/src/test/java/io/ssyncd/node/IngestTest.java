package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.F2;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestTest {
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

  private ScriptedEndpoint leader() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    return cluster.f1("a");
  }

  private List<Entry.Batch> batches() throws Exception {
    List<Entry.Batch> batches = new java.util.ArrayList<>();
    for (byte[] entry : cluster.log.entries()) {
      if (EntryCodec.decode(entry) instanceof Entry.Batch batch) {
        batches.add(batch);
      }
    }
    return batches;
  }

  @Test
  void whileABatchIsInFlightTheNextCollectsAndTheLatestOfAKeyWins() throws Exception {
    ScriptedEndpoint pound = leader();
    cluster.log.hold("a");
    pound.see(session("first", 1));
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    for (int i = 0; i < 1000; i++) {
      pound.see(session("k" + i % 10, i));
    }
    pound.forget(session("k3", 0).key());
    assertThat(cluster.log.heldBy("a")).isEqualTo(1);
    assertThat(cluster.node("a").status().queues())
        .contains(new NodeStatus.QueueStatus("intake http f1", 10, FeedIntake.MAX_KEYS, 0));
    cluster.log.release("a");
    cluster.awaitCounts(10);
    assertThat(batches()).extracting(batch -> batch.mutations().size()).containsExactly(1, 10);
    assertThat(cluster.node("b").table().get(session("k9", 0).key())).isEqualTo(session("k9", 999));
  }

  @Test
  void aBatchThatWasNotAnsweredIsAppliedOnce() throws Exception {
    ScriptedEndpoint pound = leader();
    cluster.log.loseAnswers("a", 3);
    pound.see(session("k", 1));
    await().atMost(PATIENCE).until(() -> cluster.node("a").status().queues().get(0).depth() == 0);
    pound.see(session("l", 1));
    cluster.awaitCounts(2);
    assertThat(batches()).extracting(Entry.Batch::sequence).containsExactly(1L, 1L, 1L, 1L, 2L);
    assertThat(cluster.node("a").ingested().duplicates()).isEqualTo(1);
    assertThat(cluster.node("a").ingested().mutations()).isEqualTo(2);
  }

  @Test
  void aBatchThatWasLostIsProposedAgain() throws Exception {
    ScriptedEndpoint pound = leader();
    cluster.log.loseProposals("a", 3);
    pound.see(session("k", 1));
    cluster.awaitCounts(1);
    assertThat(cluster.node("a").ingested().repeats()).isEqualTo(3);
  }

  @Test
  void newRecordsBeyondTheLimitAreDroppedAndKnownOnesChange() throws Exception {
    cluster.limits = new NodeConfig.Limits(3, 10);
    ScriptedEndpoint pound = leader();
    for (int i = 0; i < 5; i++) {
      pound.see(session("k" + i, 1));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.node("a").status().queues())
                    .contains(new NodeStatus.QueueStatus("table http", 3, 3, 2)));
    pound.see(session("k0", 2));
    await()
        .atMost(PATIENCE)
        .until(
            () -> session("k0", 2).equals(cluster.node("b").table().get(session("k0", 0).key())));
    cluster.awaitCounts(3);
    assertThat(cluster.warned("a", WarningCode.TABLE_FULL)).isTrue();
    // When there is room again what was dropped is asked for.
    pound.forget(session("k1", 0).key());
    pound.forget(session("k2", 0).key());
    await()
        .atMost(PATIENCE)
        .until(() -> pound.count("resync") > 0 && cluster.node("a").table().count(Kind.HTTP) == 3);
  }

  @Test
  void aBusyFeedDoesNotHoldTheOthers() throws Exception {
    cluster.feeds = List.of(F1, F2);
    ScriptedEndpoint busy = leader();
    cluster.log.hold("a");
    busy.see(session("first", 1));
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    for (int i = 0; i < 20_000; i++) {
      busy.see(session("k" + i, i));
    }
    cluster.endpoint("a", F2).see(ScriptedEndpoint.session("f2", "quiet", 1));
    cluster.log.release("a");
    cluster.awaitCounts(20_002);
    List<Entry.Batch> all = batches();
    int with =
        (int)
            all.stream()
                .takeWhile(
                    batch ->
                        batch.mutations().stream()
                            .noneMatch(mutation -> mutation.scope().name().equals("f2")))
                .count();
    assertThat(with).isLessThan(4);
    assertThat(all.size()).isGreaterThan(4);
  }

  @Test
  void changesAtRandomEndInTheSameTableOnAllMembers() throws Exception {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    ScriptedEndpoint pound = leader();
    for (int i = 0; i < 5_000; i++) {
      HttpSession session = session("k" + random.nextInt(300), i);
      if (random.nextInt(4) == 0) {
        pound.forget(session.key());
      } else {
        pound.see(session);
      }
      if (random.nextInt(500) == 0) {
        cluster.log.loseAnswers("a", random.nextInt(3));
      }
      if (random.nextInt(500) == 0) {
        cluster.log.loseProposals("a", random.nextInt(3));
      }
    }
    await("-Dssyncd.seed=" + seed)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (SyncNode node : cluster.nodes.values()) {
                assertThat(node.table().records(scopeOfF1()))
                    .containsExactlyInAnyOrderElementsOf(pound.process.values());
              }
            });
    assertThat(cluster.nodes.values().stream().map(node -> node.table().digest()).distinct())
        .hasSize(1);
  }

  private static io.ssyncd.session.Scope scopeOfF1() {
    return io.ssyncd.session.Scope.farm("f1");
  }

  @Test
  void aClearGoesBeforeWhatComesAfterIt() throws Exception {
    ScriptedEndpoint pound = leader();
    cluster.log.hold("a");
    pound.see(session("first", 1));
    await().atMost(PATIENCE).until(() -> cluster.log.heldBy("a") == 1);
    pound.see(session("before", 1));
    pound.intake.offer(new Mutation.ClearScope(scopeOfF1()));
    pound.see(session("after", 1));
    cluster.log.release("a");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.node("b").table().get(session("after", 0).key()) != null
                    && cluster.node("b").table().count(Kind.HTTP) == 1);
  }
}
