package io.ssyncd.node.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Entry;
import io.ssyncd.node.history.RecordChange.What;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HistoryScanTest {
  private static final HttpKey KEY = new HttpKey("f1", 0, 1, Bytes.utf8("client"));
  private static final HttpKey OTHER = new HttpKey("f1", 0, 1, Bytes.utf8("other"));

  private final HistoryScan scan = scan(List.of(KEY));
  private long sequence;

  private static HistoryScan scan(List<HttpKey> held) {
    return new HistoryScan(KEY::equals, List.copyOf(held), 10, 3);
  }

  private static HttpSession session(HttpKey key, long backend, long at) {
    return new HttpSession(key, backend, Bytes.utf8("10.0.0." + backend), at);
  }

  private static Mutation put(long backend, long at) {
    return new Mutation.Put(session(KEY, backend, at));
  }

  private void open(long index) {
    sequence = 0;
    scan.entry(index, index, new Entry.Open("lb1", UUID.randomUUID()));
  }

  private void batch(long index, long epoch, Mutation... mutations) {
    scan.entry(index, index, new Entry.Batch("lb1", epoch, ++sequence, List.of(mutations)));
  }

  private RecordHistory only() {
    assertThat(scan.end()).hasSize(1);
    return scan.end().get(0);
  }

  @Test
  void theOriginIsTheChangeThatChoseTheBackendNotTheLastRefresh() {
    open(1);
    batch(2, 1, put(1, 10), new Mutation.Put(session(OTHER, 3, 1)));
    batch(3, 1, put(2, 20));
    batch(4, 1, put(2, 30));

    RecordHistory history = only();
    assertThat(history.changes()).map(RecordChange::index).containsExactly(2L, 3L, 4L);
    assertThat(history.origin()).isEqualTo(history.changes().get(1));
    assertThat(history.certain()).isTrue();
  }

  @Test
  void whereTheLogBeginsLateTheFirstPutIsNotCertain() {
    scan.begin(100);
    sequence = 41;
    batch(120, 7, put(1, 10));
    assertThat(only().origin()).isNotNull();
    assertThat(only().certain()).isFalse();

    batch(130, 7, put(2, 20));
    assertThat(only().certain()).as("it moved to another backend").isTrue();
  }

  @Test
  void aRecordThatTheLogDoesNotNameIsInTheSnapshotAlone() {
    scan.begin(100);

    assertThat(only().origin()).isNull();
    assertThat(only().changes()).isEmpty();
  }

  @Test
  void lateAndRepeatedBatchesChangedNothing() {
    open(1);
    batch(2, 1, put(1, 10));
    sequence--;
    batch(3, 1, put(2, 20));
    open(4);
    sequence = 1;
    batch(5, 1, put(3, 30));
    sequence = 0;
    batch(6, 4, put(4, 40));

    assertThat(only().changes()).map(RecordChange::index).containsExactly(2L, 6L);
  }

  @Test
  void aLateBatchAtTheBeginningIsUnmaskedByTheNextEpoch() {
    scan.begin(100);
    sequence = 5;
    batch(101, 50, put(1, 10));
    sequence = 2;
    batch(102, 60, put(2, 20));

    assertThat(only().changes()).map(RecordChange::index).containsExactly(102L);
  }

  @Test
  void deletesClearsAndRestoresAreToldAndEmptyOnesAreNot() {
    open(1);
    batch(2, 1, new Mutation.Delete(KEY));
    batch(3, 1, put(1, 10));
    batch(4, 1, new Mutation.ClearScope(Scope.farm("f2")));
    batch(5, 1, new Mutation.ClearScope(Scope.farm("f1")));
    UUID request = UUID.randomUUID();
    scan.entry(6, 6, new Entry.Restore(request, new Entry.RestoreStep.Begin(5)));
    scan.entry(7, 7, new Entry.Restore(request, new Entry.RestoreStep.Part(1, List.of(put(3, 4)))));
    scan.entry(8, 8, new Entry.Restore(request, new Entry.RestoreStep.End(1, 1, 0)));
    assertThat(only().changes())
        .map(RecordChange::what)
        .containsExactly(What.PUT, What.CLEAR, What.RESTORED);
    assertThat(only().origin())
        .isEqualTo(new RecordChange(8, 8, What.RESTORED, session(KEY, 3, 4)));

    Entry.Operation clear = new Entry.Operation.Clear(Kind.HTTP, null);
    UUID wish = UUID.randomUUID();
    scan.entry(9, 9, new Entry.Command(wish, clear));
    scan.entry(10, 10, new Entry.Command(wish, clear));
    assertThat(only().changes())
        .map(RecordChange::index)
        .as("three are kept")
        .containsExactly(5L, 8L, 9L);
    assertThat(only().older()).isEqualTo(1);
    assertThat(only().origin()).isNull();
  }

  @Test
  void whoWasPurgedIsGone() {
    open(1);
    batch(2, 1, put(1, 10));
    scan.entry(3, 3, new Entry.Purge(List.of(new Mutation.Delete(KEY)), 0, true));

    assertThat(only().changes()).map(RecordChange::what).containsExactly(What.PUT, What.DELETE);
    assertThat(only().origin()).isNull();
  }

  @Test
  void noMoreRecordsAreFollowedThanWereAskedFor() {
    HistoryScan every = new HistoryScan(key -> true, List.of(), 1, 3);
    every.entry(1, 1, new Entry.Open("lb1", UUID.randomUUID()));
    every.entry(
        2,
        2,
        new Entry.Batch("lb1", 1, 1, List.of(put(1, 1), new Mutation.Put(session(OTHER, 1, 1)))));

    assertThat(every.end()).hasSize(1);
    assertThat(every.more()).isTrue();
  }
}
