package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.tls.TestCertificates;
import io.ssyncd.log.tls.TlsFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members of one log that talk over TLS. */
class TlsClusterTest {
  @TempDir Path dir;

  private static ReplicatedLog secured(LogConfig config) {
    TlsFiles files = TestCertificates.of(config.cluster(), config.member());
    return new AtomixLog(config.withTls(files), AtomixLogTest.SMALL);
  }

  @Test
  void membersOnTlsAgreeAndSurviveTheirLeader() throws Exception {
    try (LogCluster cluster =
        new LogCluster(dir, 3, TlsClusterTest::secured, log -> ((AtomixLog) log).abort())) {
      LogCluster.Node first = cluster.startAll().leader();
      for (int i = 0; i < 100; i++) {
        first.propose("entry " + i);
      }
      cluster.followers().get(0).propose("from a follower");
      cluster.awaitEqual();

      cluster.kill(first.name());
      cluster.leader().propose("after the leader's death");
      cluster.start(first.name());
      cluster.awaitEqual();
      assertThat(cluster.all()).allSatisfy(node -> assertThat(node.log().warnings()).isEmpty());
    }
  }

  @Test
  void aFileThatCannotBeUsedRefusesTheStart() throws Exception {
    try (LogCluster cluster = new LogCluster(dir, 3, TlsClusterTest::secured, log -> {})) {
      LogConfig config = cluster.config("m1").withTls(TestCertificates.of("contract", "m2"));
      assertThatThrownBy(() -> new AtomixLog(config).start(null, null))
          .isInstanceOf(LogRefusedException.class)
          .hasMessageContaining("cluster.tls.certificate: ")
          .hasMessageContaining("is the certificate of ssyncd://contract/m2");
    }
  }
}
