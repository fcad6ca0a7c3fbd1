package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.UnusableSnapshotException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving and restoring on a running cluster. */
class SnapshotsTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.startAll();
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.f1("a").see(session("l", 2));
    cluster.awaitCounts(2);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private byte[] save(String node) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SavedTable saved = cluster.node(node).save(bytes);
    assertThat(saved.cluster()).isEqualTo("loopback");
    return bytes.toByteArray();
  }

  private RestoreReport restore(String node, byte[] file) throws Exception {
    return cluster.node(node).restore(new ByteArrayInputStream(file), false);
  }

  private void awaitEqual() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.nodes.values().stream().map(n -> n.table().digest()).distinct().count()
                    == 1);
  }

  @Test
  void whatWasClearedComesBackOnAllMembersAndInTheLeadersPound() throws Exception {
    byte[] file = save("b");
    cluster.node("b").execute(new Entry.Operation.Clear(Kind.HTTP, null)).join();
    cluster.awaitCounts(0);
    cluster.f1("a").process.clear();
    long epoch = cluster.node("a").table().epoch();

    RestoreReport report = restore("c", file);

    assertThat(report.saved().records()).isEqualTo(2);
    assertThat(report.kept()).isZero();
    cluster.awaitCounts(2);
    await().atMost(PATIENCE).until(() -> cluster.node("a").table().epoch() > epoch);
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.f1("a").process).hasSize(2);
    awaitEqual();
    // It collects on, in the new epoch.
    cluster.f1("a").see(session("m", 3));
    cluster.awaitCounts(3);
  }

  @Test
  void sessionsThatLiveAfterTheSaveStayAndOlderOnesGo() throws Exception {
    byte[] file = save("a");
    cluster.f1("a").see(session("old", 3));
    cluster.f1("a").see(session("new", System.currentTimeMillis() + 60_000));
    cluster.awaitCounts(4);
    RestoreReport report = restore("a", file);
    assertThat(report.kept()).isEqualTo(1);
    cluster.awaitState("a", NodeState.INGESTING);
    awaitEqual();
    assertThat(cluster.node("b").table().get(session("new", 1).key())).isNotNull();
    assertThat(cluster.node("b").table().get(session("k", 1).key())).isNotNull();
  }

  @Test
  void answersThatAreLostDoNotRestoreTwice() throws Exception {
    byte[] file = save("a");
    cluster.log.loseAnswers("b", 2);
    cluster.log.loseProposals("b", 1);
    assertThat(restore("b", file).saved().records()).isEqualTo(2);
    cluster.awaitCounts(2);
    awaitEqual();
  }

  @Test
  void aDamagedFileChangesNothingAndIsNotLeftUnderWay() throws Exception {
    byte[] file = save("a");
    String before = cluster.node("a").table().digest(Scope.farm("f1"));
    byte[] cut = Arrays.copyOf(file, file.length - 3);
    assertThatExceptionOfType(UnusableSnapshotException.class)
        .isThrownBy(() -> restore("b", cut))
        .withMessageContaining("before byte " + cut.length);
    await().atMost(PATIENCE).until(() -> !cluster.warned("b", WarningCode.RESTORE_UNFINISHED));
    assertThat(cluster.node("a").table().digest(Scope.farm("f1"))).isEqualTo(before);
  }

  @Test
  void aRestoreThatWasBrokenOffIsSeenAndAbandonedOrRepeated() throws Exception {
    byte[] file = save("a");
    Entry begin = new Entry.Restore(UUID.randomUUID(), new Entry.RestoreStep.Begin(1));
    long unused = cluster.log.commit(EntryCodec.encode(begin));
    for (String name : List.of("a", "b", "c")) {
      await().atMost(PATIENCE).until(() -> cluster.warned(name, WarningCode.RESTORE_UNFINISHED));
    }
    assertThat(cluster.node("c").abandonRestore()).isTrue();
    assertThat(cluster.node("c").abandonRestore()).isFalse();
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.RESTORE_UNFINISHED));
    cluster.log.commit(
        EntryCodec.encode(new Entry.Restore(UUID.randomUUID(), new Entry.RestoreStep.Begin(1))));
    assertThat(restore("a", file).saved().records()).isEqualTo(2);
    assertThat(cluster.warned("a", WarningCode.RESTORE_UNFINISHED)).isFalse();
  }

  @Test
  void anotherClustersTableIsRefusedUnlessForced() throws Exception {
    byte[] file = save("a");
    // "loopback" stands behind the magic number, the version and its length.
    byte[] other = file.clone();
    other[11] = 'L';
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    int header = 8 + 2 + 1 + 8 + 1 + 1 + 6 * 8;
    crc.update(other, 0, header);
    java.nio.ByteBuffer.wrap(other).putInt(header, (int) crc.getValue());
    assertThatExceptionOfType(RestoreRefusedException.class)
        .isThrownBy(() -> restore("b", other))
        .withMessageContaining("cluster Loopback")
        .withMessageContaining("--force");
  }

  @Test
  void moreThanTheBoundIsRefusedBeforeAnythingIsProposed() throws Exception {
    byte[] file = save("a");
    cluster.stop("c");
    cluster.limits = new NodeConfig.Limits(1, 1);
    cluster.start("c");
    cluster.awaitCount("c", 2);
    int entries = cluster.log.entries().size();
    assertThatExceptionOfType(RestoreRefusedException.class)
        .isThrownBy(() -> restore("c", file))
        .withMessageContaining("2 http records; the bound here is 1");
    assertThat(cluster.log.entries().subList(entries, cluster.log.entries().size()))
        .noneMatch(entry -> entry[1] == 5);
  }

  @Test
  void withoutAMajorityNothingIsSaved() throws Exception {
    cluster.log.cut("b");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThatExceptionOfType(LogUnavailableException.class)
        .isThrownBy(() -> cluster.node("b").save(bytes));
    assertThat(bytes.size()).isZero();
  }
}
