package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.table.SessionTable;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BackendCountsTest {
  private final SessionTable table = new SessionTable();
  private final BackendCounts counts = new BackendCounts(() -> table);
  private long index;
  private long sequence;

  private static Mutation session(String farm, String key, long backend) {
    HttpKey its = new HttpKey(farm, 0, 1, Bytes.utf8(key));
    return new Mutation.Put(new HttpSession(its, backend, Bytes.utf8("10.0.0." + backend), 1));
  }

  private void batch(Mutation... mutations) {
    if (index == 0) {
      table.apply(++index, EntryCodec.encode(new Entry.Open("lb1", UUID.randomUUID())));
    }
    table.apply(
        ++index, EntryCodec.encode(new Entry.Batch("lb1", 1, ++sequence, List.of(mutations))));
  }

  @Test
  void backendsAreCountedTheBusiestFirst() {
    batch(session("f1", "a", 0), session("f1", "b", 1), session("f1", "c", 1));
    batch(session("f2", "a", 0));

    BackendCounts.Counts now = counts.now();

    assertThat(now.more()).isZero();
    assertThat(now.rows())
        .containsExactly(
            new BackendCounts.Row("f1", 0, 1, 1, "10.0.0.1", 2),
            new BackendCounts.Row("f1", 0, 1, 0, "10.0.0.0", 1),
            new BackendCounts.Row("f2", 0, 1, 0, "10.0.0.0", 1));
  }

  @Test
  void theSmallestOfTooManyAreOnlyCounted() {
    for (int i = 0; i < BackendCounts.MAX_ROWS + 3; i++) {
      batch(session("f1", "k" + i, i));
    }

    assertThat(counts.now().rows()).hasSize(BackendCounts.MAX_ROWS);
    assertThat(counts.now().more()).isEqualTo(3);
  }
}
