package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.session.Mutation;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordImportTest {
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

  private RecordImport begin(String member) throws Exception {
    return cluster.node(member).beginImport("import of a test").get();
  }

  @Test
  void whatIsOfferedToTheLeaderIsInEveryTable() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    try (RecordImport into = begin("a")) {
      for (int i = 0; i < 5_000; i++) {
        assertThat(into.offer(new Mutation.Put(session("k" + i, 1)))).isTrue();
      }
      into.committed().get();
      assertThat(into.isOver()).isFalse();
      assertThat(cluster.node("a").table().counts().values()).containsExactly(5_000);
      cluster.awaitCounts(5_000);
    }
  }

  @Test
  void aFollowerSaysWhoLeads() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    assertThatThrownBy(() -> begin("b"))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(LogUnavailableException.class)
        .hasMessage("b does not lead: a does");
  }

  @Test
  void anImportEndsWithTheLeadershipAndSaysSo() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    try (RecordImport into = begin("a")) {
      cluster.lead("b");
      await().atMost(PATIENCE).until(into::isOver);
      assertThat(into.offer(new Mutation.Put(session("late", 1)))).isFalse();
      into.committed().get();
    }
    try (RecordImport into = begin("b")) {
      assertThat(into.offer(new Mutation.Put(session("k", 1)))).isTrue();
      cluster.awaitCounts(1);
    }
  }

  @Test
  void whatTheTablesLimitsDoNotAdmitIsCounted() throws Exception {
    cluster.limits = new NodeConfig.Limits(3, 10);
    cluster.startAll();
    cluster.lead("a");
    try (RecordImport into = begin("a")) {
      for (int i = 0; i < 5; i++) {
        into.offer(new Mutation.Put(session("k" + i, 1)));
      }
      into.committed().get();
      assertThat(into.refused()).isEqualTo(2);
    }
  }

  @Test
  void whoeverImportsMoreThanTheLogTakesHasToWait() throws Exception {
    cluster.startAll();
    cluster.lead("a");
    cluster.log.hold("a");
    try (RecordImport into = begin("a")) {
      int taken = 0;
      while (taken <= 2 * RecordImport.MOST_WAITING
          && into.offer(new Mutation.Put(session("k" + taken, 1)))) {
        taken++;
      }
      assertThat(taken).isGreaterThanOrEqualTo(RecordImport.MOST_WAITING);
      assertThat(into.offer(new Mutation.Put(session("one more", 1)))).isFalse();
      cluster.log.release("a");
      await().atMost(PATIENCE).until(() -> into.offer(new Mutation.Put(session("one more", 1))));
      cluster.awaitCounts(taken + 1);
    }
  }
}
