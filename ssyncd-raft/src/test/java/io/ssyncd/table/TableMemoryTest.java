package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Tag("long")
class TableMemoryTest {
  private static final Logger log = LoggerFactory.getLogger(TableMemoryTest.class);
  private static final int BATCH = 500;

  /** 100,000 sessions have 40 MB of a daemon's 400: 400 bytes each. */
  private static final int MOST_BYTES = 250;

  @ParameterizedTest
  @ValueSource(ints = {100_000, 1_000_000})
  void sessionsWithKeysOf32BytesThatWereRefreshed(int records) throws IOException {
    IntFunction<Mutation> put =
        i ->
            new Mutation.Put(
                new HttpSession(
                    new HttpKey("f1", 0, i % 3, Bytes.utf8(String.format("%032d", i))),
                    i % 20,
                    Bytes.utf8("10.0.0." + i % 20),
                    System.nanoTime()));
    measure("http", records, put);
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 1_000_000})
  void entriesOfKernelTablesWithOneStamp(int records) throws IOException {
    IntFunction<Mutation> put =
        i ->
            new Mutation.Put(
                new RecentEntry(
                    new RecentKey("T1", Bytes.of(ByteBuffer.allocate(4).putInt(i).array())),
                    64,
                    System.nanoTime()));
    measure("recent", records, put);
  }

  private static void measure(String what, int records, IntFunction<Mutation> put)
      throws IOException {
    long before = used();
    Rig rig = Rig.opened();
    fill(rig, records, put);
    fill(rig, records, put);
    double filled = (double) (used() - before) / records;
    byte[] snapshot = rig.snapshot();
    rig.table = new SessionTable();
    long beforeRestore = used();
    rig.table = Rig.restored(snapshot);
    double restored = (double) (used() - beforeRestore) / records;
    log.info("{} {}: {} bytes each, {} restored", records, what, filled, restored);
    assertThat(filled).isLessThan(MOST_BYTES);
    assertThat(restored).isLessThan(MOST_BYTES);
    assertThat(rig.table.counts().values()).containsExactly(records);
    assertThat(snapshot).isNotEmpty();
  }

  private static void fill(Rig rig, int records, IntFunction<Mutation> put) {
    for (int from = 0; from < records; from += BATCH) {
      List<Mutation> batch = new ArrayList<>();
      for (int i = from; i < from + BATCH; i++) {
        batch.add(put.apply(i));
      }
      rig.apply(batch);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
