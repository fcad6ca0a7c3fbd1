package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trap 8: the disks of two of three are damaged. Atomix' members agree on what the two have left,
 * and the third one drops the rest.
 */
class TwoDamagedMembersTest {
  private static final int ENTRIES = 60;

  @TempDir Path directory;

  private static LogConfig fsync(LogConfig config) {
    return new LogConfig(
        config.member(),
        config.directory(),
        config.cluster(),
        config.members(),
        config.electionTimeout(),
        config.heartbeat(),
        Durability.FSYNC);
  }

  private void flip(String member) throws Exception {
    Path file = directory.resolve(member).resolve("ssyncd-1.log");
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(1_000);
      int was = open.read();
      open.seek(1_000);
      open.write(was ^ 0x10);
    }
  }

  @Test
  void trap8_nothingIsLostWhenTwoOfThreeAreDamaged() throws Exception {
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(fsync(config), AtomixLogTest.SMALL),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      for (int i = 0; i < ENTRIES; i++) {
        cluster.leader().propose("entry " + i);
      }
      cluster.awaitEqual();
      cluster.names().forEach(cluster::kill);
      for (String member : List.of("m1", "m2")) {
        flip(member);
        assertThatExceptionOfType(LogRefusedException.class)
            .isThrownBy(() -> cluster.start(member))
            .withMessageContaining("ssyncd-1.log")
            .withMessageContaining("wrong checksum");
      }
      cluster.start("m3");
      for (String member : List.of("m1", "m2")) {
        Files.move(directory.resolve(member), directory.resolve(member + ".damaged"));
        cluster.start(member);
      }
      // Two of three are empty: they form no cluster of their own while the third has a log.
      cluster.leader();
      cluster.awaitEqual();
      cluster.leader().propose("after");
      cluster.awaitEqual();
      assertThat(cluster.node("m1").machine().entries()).hasSize(ENTRIES + 1);
    }
  }
}
