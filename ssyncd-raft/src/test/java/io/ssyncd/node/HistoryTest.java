package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.node.history.LogHistory;
import io.ssyncd.node.history.RecordHistory;
import io.ssyncd.session.SessionKey;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log of any member tells of a record, and who led when. */
class HistoryTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.startAll();
    cluster.lead("a");
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void everyMemberTellsWhichEntryPutARecordThere() throws Exception {
    SessionKey key = session("k", 1).key();
    cluster.f1("a").see(session("k", 1));
    cluster.f1("a").see(session("other", 1));
    cluster.awaitCounts(2);
    for (String asked : new String[] {"a", "b", "c"}) {
      LogHistory history = cluster.node(asked).history(key::equals, 10);
      assertThat(history.from()).isEqualTo(1);
      assertThat(history.records()).hasSize(1);
      RecordHistory record = history.records().get(0);
      assertThat(record.key()).isEqualTo(key);
      assertThat(record.origin()).isNotNull();
      assertThat(record.certain()).isTrue();
      assertThat(record.changes()).contains(record.origin());
      assertThat(cluster.node(asked).find(key::equals, 10)).hasSize(1);
    }
  }

  @Test
  void everyMemberRemembersWhoLed() {
    cluster.log.elect("b");
    for (String asked : new String[] {"a", "b", "c"}) {
      await()
          .atMost(TestCluster.PATIENCE)
          .until(
              () -> {
                LeaderChange newest = cluster.node(asked).leaderChanges().get(0);
                return newest.to().equals("b")
                    && "a".equals(newest.from())
                    && newest.verifiedMs() != null
                    && newest.ingestingMs() != null;
              });
    }
  }
}
