package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.DigestReport.Result;
import io.ssyncd.session.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members at the same index hold the same; where they do not, that is said, with names. */
class DigestsTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.digestEvery = Duration.ofMillis(100);
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

  private DigestReport compare(String node) throws Exception {
    return cluster.node(node).compareDigests().get(20, TimeUnit.SECONDS);
  }

  @Test
  void equalTablesAreEqualAtOneIndexWhoeverAsks() throws Exception {
    cluster.digestEvery = Duration.ofDays(1);
    lead();
    for (String name : new String[] {"a", "b"}) {
      DigestReport report = compare(name);
      assertThat(report.equal()).as("%s", report).isTrue();
      assertThat(report.members())
          .extracting(DigestReport.Member::index)
          .containsOnly(report.index());
      assertThat(report.scopes()).hasSize(1);
      assertThat(report.scopes().get(0).scope()).isEqualTo(Scope.farm("f1"));
      assertThat(report.scopes().get(0).members())
          .extracting(DigestReport.ScopeDigest::records)
          .containsExactly(2L, 2L, 2L);
    }
  }

  @Test
  void theLeaderHasChangedTablesComparedByItself() throws Exception {
    lead();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              DigestReport seen = cluster.node("b").status().compared();
              return seen.equal() && seen.digest().equals(cluster.node("b").status().digest());
            });
    // Nothing changes any more, and nothing more is proposed.
    int entries = cluster.log.entries().size();
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    assertThat(cluster.log.entries()).hasSize(entries);
  }

  @Test
  void aTableThatDiffersIsNamedOnEveryMemberAndNobodyIsInSync() throws Exception {
    lead();
    await().atMost(PATIENCE).until(() -> cluster.node("a").status().inSync());
    cluster.log.garble("c", 1);
    cluster.f1("a").see(session("m", 3));
    cluster.awaitCount("a", 3);
    for (String name : new String[] {"a", "b", "c"}) {
      // Two members may have told of the mark before the third.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                NodeStatus status = cluster.node(name).status();
                assertThat(status.inSync()).isFalse();
                assertThat(status.warnings())
                    .filteredOn(warning -> warning.code().equals("digest-differs"))
                    .singleElement()
                    .extracting(Warning::text)
                    .asString()
                    .contains("a, b: ")
                    .contains("c: ")
                    .contains("in http f1");
              });
    }
    DigestReport report = compare("c");
    assertThat(report.differs()).isTrue();
    assertThat(report.members())
        .extracting(DigestReport.Member::result)
        .containsExactly(Result.EQUAL, Result.EQUAL, Result.DIFFERS);
    assertThat(report.scopes().get(0).members())
        .extracting(DigestReport.ScopeDigest::result)
        .containsExactly(Result.EQUAL, Result.EQUAL, Result.DIFFERS);
  }

  @Test
  void aMemberOutOfReachIsNamedAndTheOthersAreCompared() throws Exception {
    lead();
    cluster.log.cut("c");
    DigestReport report = compare("a");
    assertThat(report.equal()).isFalse();
    assertThat(report.differs()).isFalse();
    assertThat(report.members())
        .extracting(DigestReport.Member::result)
        .containsExactly(Result.EQUAL, Result.EQUAL, Result.UNREACHABLE);
  }

  @Test
  void withoutAMajorityThereIsNoComparison() throws Exception {
    lead();
    cluster.log.cut("b");
    cluster.log.cut("c");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> compare("a"))
        .withCauseInstanceOf(LogUnavailableException.class);
  }
}
