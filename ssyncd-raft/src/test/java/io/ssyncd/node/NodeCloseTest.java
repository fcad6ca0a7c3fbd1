package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Entry;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.session.Kind;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCloseTest {
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

  private void assertGone(String name) throws Exception {
    ScriptedEndpoint pound = cluster.f1(name);
    assertThat(pound.ingesting()).isFalse();
    assertThat(pound.events).endsWith("close");
    assertThat(cluster.track(name)).isEqualTo("0");
    DataDirectory.open(directory.resolve(name), "loopback", name, false).close();
  }

  @Test
  void asAFollower() throws Exception {
    cluster.startAll();
    cluster.stop("b");
    assertGone("b");
  }

  @Test
  void whenElected() throws Exception {
    cluster.startAll();
    cluster.log.hold("a");
    cluster.log.elect("a");
    cluster.awaitState("a", NodeState.ELECTED);
    cluster.stop("a");
    assertGone("a");
    assertThat(cluster.f1("a").events).containsExactly("close");
  }

  @Test
  void whileWriting() throws Exception {
    cluster.hosts.get("a").prepare(F1).gate = new CountDownLatch(1);
    cluster.startAll();
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.f1("a").count("write") == 1);
    cluster.stop("a");
    assertGone("a");
    assertThat(cluster.f1("a").events).containsExactly("write", "interrupted", "close");
  }

  @Test
  void whileIngestingWhatWasSaidIsCommittedAndLeadershipHandedOn() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    cluster.log.loseProposals("a", 3);
    for (int i = 0; i < 100; i++) {
      cluster.f1("a").see(session("k" + i, i));
    }
    cluster.stop("a");
    assertGone("a");
    cluster.awaitState("b", NodeState.INGESTING);
    cluster.awaitCounts(100);
  }

  @Test
  void withoutAMajority() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    cluster.log.cut("a");
    cluster.awaitState("a", NodeState.VERIFIED);
    cluster.stop("a");
    assertGone("a");
  }

  @Test
  void aCommandThatNobodyAnswersFailsInsteadOfWaitingForever() throws Exception {
    cluster.startAll();
    cluster.log.cut("a");
    var unanswered = cluster.node("a").execute(new Entry.Operation.Clear(Kind.HTTP, null));
    cluster.stop("a");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> unanswered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .withCauseInstanceOf(LogUnavailableException.class);
  }

  @Test
  void aFeedThatWasStoppedJustBeforeIsLetGoOfInOrder() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    ScriptedEndpoint pound = cluster.f1("a");
    CountDownLatch slow = new CountDownLatch(1);
    pound.closeGate = slow;
    cluster.node("a").execute(new Entry.Operation.StopFeed(F1)).get(10, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> pound.count("closing") == 1);
    SyncNode node = cluster.node("a");
    Thread closing = new Thread(node::close);
    closing.start();
    await().during(java.time.Duration.ofMillis(300)).atMost(PATIENCE).until(closing::isAlive);
    slow.countDown();
    closing.join(PATIENCE.toMillis());
    assertThat(closing.isAlive()).isFalse();
    assertThat(pound.events).endsWith("close");
  }

  @Test
  void twiceAndBeforeTheStart() throws Exception {
    cluster.startAll();
    SyncNode node = cluster.node("c");
    cluster.stop("c");
    node.close();
    new SyncNode(cluster.config("c"), cluster.log.log("c"), java.util.List.of()).close();
  }

  @Test
  void aSecondNodeOnADirectoryIsRefused() throws Exception {
    cluster.startAll();
    SyncNode second = new SyncNode(cluster.config("a"), cluster.log.log("a"), java.util.List.of());
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(second::start)
        .withMessageContaining("in use");
    second.close();
  }

  @Test
  void aHaltStopsTheIngestAndIsTold() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    cluster.logs.get("a").halt("the disk is full");
    assertThat(cluster.node("a").halted().get(10, TimeUnit.SECONDS)).isEqualTo("the disk is full");
    cluster.awaitState("a", NodeState.FOLLOWER);
    assertThat(cluster.f1("a").ingesting()).isFalse();
    assertThat(cluster.warned("a", WarningCode.HALTED)).isTrue();
  }
}
