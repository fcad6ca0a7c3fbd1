package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Committed;
import io.ssyncd.log.Durability;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.table.SessionTable;
import java.io.File;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A week of steady updates in short: the same keys change again and again, and the files stay below
 * a bound, with sizes scaled down. The bound: the log that makes a snapshot due, the files that a
 * writer without pause fills while one is taken and ripens, and two snapshots, the old and the new.
 */
class LogBoundTest {
  private static final Logger log = LoggerFactory.getLogger(LogBoundTest.class);
  private static final int KEYS = 20_000;
  private static final int BATCH = 1_000;

  /** What a record takes in a snapshot, generously. */
  private static final int RECORD_BYTES = 64;

  private static final int SNAPSHOT_BYTES = KEYS * RECORD_BYTES;
  private static final long BOUND =
      AtomixLogTest.SMALL.compactBytes()
          + 16L * AtomixTuning.MIN_SEGMENT_BYTES
          + 2L * SNAPSHOT_BYTES
          + 64 * 1024;

  @TempDir Path directory;

  @Test
  void theFilesStayBelowTheirBoundWhileTheSameKeysChange() throws Exception {
    update(1_000_000);
  }

  @Test
  @Tag("long")
  void theFilesStayBelowTheirBoundForAWeekOfUpdates() throws Exception {
    update(20_000_000);
  }

  private void update(int updates) throws Exception {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    log.info("-Dssyncd.seed={}", seed);
    SplittableRandom random = new SplittableRandom(seed);
    LogConfig shape = new LogCluster(directory, 1, unused -> null, unused -> {}).config("m1");
    LogConfig config =
        new LogConfig(
            shape.member(),
            directory.resolve("log"),
            shape.cluster(),
            shape.members(),
            shape.electionTimeout(),
            shape.heartbeat(),
            Durability.OS);
    SessionTable table = new SessionTable();
    long largest = 0;
    try (AtomixLog raft = new AtomixLog(config, AtomixLogTest.SMALL)) {
      raft.start(table, new RecordingListener());
      long epoch = commit(raft, EntryCodec.encode(new Entry.Open("m1", new UUID(0, 1)))).index();
      BatchBuilder batch = new BatchBuilder();
      for (int done = 0; done < updates; done += BATCH) {
        batch.clear();
        for (int i = 0; i < BATCH; i++) {
          assertThat(batch.add(new Mutation.Put(session(random.nextInt(KEYS), done + i)))).isTrue();
        }
        Committed committed = commit(raft, batch.encode("m1", epoch, done / BATCH + 1));
        assertThat(committed.outcome()).isEqualTo(Outcome.APPLIED);
        largest = Math.max(largest, bytes());
        assertThat(largest).as("seed %d, after %d updates", seed, done).isLessThan(BOUND);
      }
      assertThat(raft.figures().snapshotIndex()).isPositive();
    }
    log.info("{} updates of {} keys: at most {} bytes of {}", updates, KEYS, largest, BOUND);
    SessionTable again = new SessionTable();
    try (AtomixLog raft = new AtomixLog(config, AtomixLogTest.SMALL)) {
      raft.start(again, new RecordingListener());
      long unused = raft.barrier().get(60, TimeUnit.SECONDS);
      assertThat(again.digest()).isEqualTo(table.digest());
      assertThat(again.count(Kind.HTTP)).isEqualTo(table.count(Kind.HTTP));
    }
  }

  private static HttpSession session(int key, long atMs) {
    byte[] bytes = {(byte) (key >> 24), (byte) (key >> 16), (byte) (key >> 8), (byte) key};
    return new HttpSession(
        new HttpKey("f1", 0, 0, Bytes.of(bytes)), key & 3, Bytes.utf8("10.0.0.1"), atMs);
  }

  private static Committed commit(AtomixLog raft, byte[] entry) throws Exception {
    return raft.propose(entry).get(60, TimeUnit.SECONDS);
  }

  private long bytes() {
    long bytes = 0;
    File[] files = directory.resolve("log").toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      bytes += file.length();
    }
    return bytes;
  }
}
