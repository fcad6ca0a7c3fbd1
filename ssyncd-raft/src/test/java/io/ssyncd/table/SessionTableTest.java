package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.UnsupportedEntryException;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private final SessionTable table = new SessionTable();
  private long index = 10;

  private Outcome apply(Entry entry) {
    return table.apply(++index, EntryCodec.encode(entry));
  }

  private Entry.Open open(String member) {
    Entry.Open open = new Entry.Open(member, UUID.randomUUID());
    assertThat(apply(open)).isEqualTo(Outcome.APPLIED);
    return open;
  }

  private static Entry.Batch batch(String by, long epoch, long sequence, String... keys) {
    List<Mutation> puts = new ArrayList<>();
    for (String key : keys) {
      puts.add(new Mutation.Put(session(key)));
    }
    return new Entry.Batch(by, epoch, sequence, puts);
  }

  private static HttpSession session(String key) {
    return new HttpSession(
        new HttpKey("f1", 0, 0, Bytes.utf8(key)), 1, Bytes.utf8("127.0.0.1"), 1000);
  }

  private static Entry.Command command(Entry.Operation operation) {
    return new Entry.Command(UUID.randomUUID(), operation);
  }

  @Test
  void batchesOfTheIngesterAreAppliedInTheirOrder() {
    open("lb1");
    assertThat(apply(batch("lb1", 11, 1, "a", "b"))).isEqualTo(Outcome.APPLIED);
    assertThat(apply(batch("lb1", 11, 2, "c"))).isEqualTo(Outcome.APPLIED);
    assertThat(table.counts()).containsExactly(java.util.Map.entry(Scope.farm("f1"), 3));
    assertThat(table.count(Kind.HTTP)).isEqualTo(3);
    assertThat(table.get(session("b").key())).isEqualTo(session("b"));
    assertThat(table.records(Scope.farm("f1")))
        .containsExactlyInAnyOrder(session("a"), session("b"), session("c"));
    assertThat(table.epoch()).isEqualTo(11);
    assertThat(table.ingester()).isEqualTo("lb1");
    assertThat(table.sequence()).isEqualTo(2);
    assertThat(table.appliedIndex()).isEqualTo(13);
    assertThat(table.mutations()).isEqualTo(3);
  }

  @Test
  void whenABatchIsCommittedTwice_thenItIsAppliedOnce() {
    open("lb1");
    apply(batch("lb1", 11, 1, "a"));
    String digest = table.digest();
    assertThat(apply(batch("lb1", 11, 1, "b"))).isEqualTo(Outcome.DUPLICATE);
    assertThat(apply(batch("lb1", 11, 0, "b"))).isEqualTo(Outcome.DUPLICATE);
    assertThat(table.digest()).isEqualTo(digest);
    assertThat(table.entries(Outcome.DUPLICATE)).isEqualTo(2);
  }

  @Test
  void whenABatchIsMissing_thenTheNextIsAGap() {
    open("lb1");
    String digest = table.digest();
    assertThat(apply(batch("lb1", 11, 2, "a"))).isEqualTo(Outcome.GAP);
    assertThat(apply(batch("lb1", 11, Long.MAX_VALUE, "a"))).isEqualTo(Outcome.GAP);
    assertThat(table.digest()).isEqualTo(digest);
  }

  @Test
  void aDeposedLeadersBatchChangesNothing() {
    open("lb1");
    apply(batch("lb1", 11, 1, "a"));
    open("lb2");
    String digest = table.digest();
    assertThat(apply(batch("lb1", 11, 2, "b"))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(apply(batch("lb1", 13, 1, "b"))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(apply(batch("lb2", 11, 1, "b"))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(table.digest()).isEqualTo(digest);
    assertThat(apply(batch("lb2", 13, 1, "b"))).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void beforeTheFirstOpenNoBatchIsApplied() {
    assertThat(apply(batch("lb1", 0, 1, "a"))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(table.counts()).isEmpty();
    assertThat(table.ingester()).isNull();
  }

  @Test
  void whenAnOpenCommitsLate_thenTheEpochIsItsAndTheLeaderHearsOfIt() {
    open("lb2");
    open("lb1");
    assertThat(apply(batch("lb2", 11, 1, "a"))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(apply(batch("lb1", 12, 1, "a"))).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void whenAnOpenIsCommittedTwice_thenTheEpochStaysThatOfTheFirst() {
    Entry.Open first = open("lb1");
    apply(batch("lb1", 11, 1, "a"));
    assertThat(apply(first)).isEqualTo(Outcome.DUPLICATE);
    assertThat(table.epoch()).isEqualTo(11);
    assertThat(table.appliedAt(first.request())).hasValue(11);
    assertThat(apply(batch("lb1", 11, 2, "b"))).isEqualTo(Outcome.APPLIED);
    open("lb2");
    assertThat(apply(first)).isEqualTo(Outcome.DUPLICATE);
    assertThat(table.ingester()).isEqualTo("lb2");
  }

  @Test
  void aCommandTakesEffectOnce() {
    open("lb1");
    apply(batch("lb1", 11, 1, "a"));
    Entry.Command clear = command(new Entry.Operation.Clear(Kind.HTTP, null));
    assertThat(apply(clear)).isEqualTo(Outcome.APPLIED);
    assertThat(table.counts()).isEmpty();
    apply(batch("lb1", 11, 2, "b"));
    assertThat(apply(clear)).isEqualTo(Outcome.DUPLICATE);
    assertThat(table.count(Kind.HTTP)).isEqualTo(1);
    assertThat(table.appliedAt(clear.request())).hasValue(13);
  }

  @Test
  void theOldestRequestIsForgottenFirst() {
    Entry.Command first = command(new Entry.Operation.StartFeed(Feed.RECENT));
    Entry.Command second = command(new Entry.Operation.StartFeed(Feed.RECENT));
    apply(first);
    apply(second);
    for (int i = 1; i < RequestMemory.MAX_REQUESTS; i++) {
      apply(command(new Entry.Operation.StartFeed(Feed.RECENT)));
    }
    assertThat(table.appliedAt(first.request())).isEmpty();
    assertThat(apply(second)).isEqualTo(Outcome.DUPLICATE);
    assertThat(apply(first)).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void feedsAreStartedOrStoppedNeverBoth() {
    apply(command(new Entry.Operation.StartFeed(Feed.farm("f1"))));
    apply(command(new Entry.Operation.StopFeed(Feed.RECENT)));
    assertThat(table.startedFeeds()).containsExactly(Feed.farm("f1"));
    assertThat(table.stoppedFeeds()).containsExactly(Feed.RECENT);
    apply(command(new Entry.Operation.StopFeed(Feed.farm("f1"))));
    assertThat(table.startedFeeds()).isEmpty();
    assertThat(table.stoppedFeeds()).containsExactly(Feed.farm("f1"), Feed.RECENT);
  }

  @Test
  void clearDropsTheScopeOrTheKindAndNoMore() {
    open("lb1");
    Entry.Batch batch = batch("lb1", 11, 1, "a");
    List<Mutation> mutations = new ArrayList<>(batch.mutations());
    mutations.add(
        new Mutation.Put(
            new HttpSession(new HttpKey("f2", 0, 0, Bytes.utf8("a")), 0, Bytes.EMPTY, 0)));
    mutations.add(
        new Mutation.Put(
            new io.ssyncd.session.RecentEntry(
                new io.ssyncd.session.RecentKey("f1", Bytes.of(new byte[4])), 1, 5)));
    apply(new Entry.Batch("lb1", 11, 1, mutations));
    apply(command(new Entry.Operation.Clear(Kind.HTTP, Scope.farm("f1"))));
    assertThat(table.counts()).containsOnlyKeys(Scope.farm("f2"), Scope.table("f1"));
    assertThat(table.digest(Scope.farm("f1"))).isEqualTo("0".repeat(16));
    apply(command(new Entry.Operation.Clear(Kind.HTTP, null)));
    assertThat(table.counts()).containsOnlyKeys(Scope.table("f1"));
    assertThat(table.count(Kind.HTTP)).isZero();
  }

  @Test
  void aPurgeDeletesWhoeverLeads() {
    open("lb1");
    apply(batch("lb1", 11, 1, "a"));
    String key = table.records(Scope.farm("f1")).get(0).key().toString();
    Entry.Purge purge =
        new Entry.Purge(
            List.of(new Mutation.Delete(table.records(Scope.farm("f1")).get(0).key())), 7, true);
    open("lb2");
    assertThat(apply(purge)).isEqualTo(Outcome.APPLIED);
    assertThat(table.records(Scope.farm("f1"))).noneMatch(r -> r.key().toString().equals(key));
    assertThat(table.digest(Scope.farm("f1"))).isEqualTo("0".repeat(16));
    assertThat(apply(purge)).as("twice is once").isEqualTo(Outcome.APPLIED);
  }

  @Test
  void marksKeepTheDigestOfTheirIndex() {
    open("lb1");
    String before = table.digest();
    UUID request = UUID.randomUUID();
    assertThat(apply(new Entry.Mark(request))).isEqualTo(Outcome.APPLIED);
    apply(batch("lb1", 11, 1, "a"));
    assertThat(table.marks()).containsExactly(new TableMark(request, 12, before));
    for (int i = 0; i < TableState.MAX_MARKS; i++) {
      apply(new Entry.Mark(UUID.randomUUID()));
    }
    assertThat(table.marks()).hasSize(TableState.MAX_MARKS);
    assertThat(table.marks().get(0).index()).isEqualTo(14);
  }

  @Test
  void whatIsNoEntryIsCountedAndSkipped() {
    open("lb1");
    String digest = table.digest();
    assertThat(table.apply(++index, new byte[] {1, 1})).isEqualTo(Outcome.MALFORMED);
    assertThat(table.entries(Outcome.MALFORMED)).isEqualTo(1);
    assertThat(table.digest()).isEqualTo(digest);
    assertThat(table.appliedIndex()).isEqualTo(12);
  }

  @Test
  void anEntryOfANewerReleaseIsNotSkipped() {
    open("lb1");
    assertThatThrownBy(() -> table.apply(12, new byte[] {2, 1}))
        .isInstanceOf(UnsupportedEntryException.class);
    assertThat(table.appliedIndex()).isEqualTo(11);
  }

  @Test
  void anIndexThatDoesNotGrowIsABugOfTheLog() {
    Entry.Open open = open("lb1");
    assertThatThrownBy(() -> table.apply(11, EntryCodec.encode(open)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void listenersHearOfEveryEntry() {
    List<String> heard = new ArrayList<>();
    table.onApplied((at, entry, outcome) -> heard.add(at + " " + entry + " " + outcome));
    table.onApplied(
        (at, entry, outcome) -> {
          throw new IllegalStateException("a listener's bug");
        });
    Entry.Open open = open("lb1");
    apply(open);
    table.apply(++index, new byte[0]);
    assertThat(heard)
        .containsExactly(
            "11 " + open + " APPLIED", "12 " + open + " DUPLICATE", "13 null MALFORMED");
  }

  @Test
  void whoWaitsForAnEntryIsToldOnceItIsApplied() {
    CompletableFuture<Long> second = table.awaitApplied(12);
    CompletableFuture<Long> first = table.awaitApplied(5);
    assertThat(first).isNotDone();
    open("lb1");
    assertThat(first).isCompletedWithValue(11L);
    assertThat(second).isNotDone();
    open("lb1");
    assertThat(second).isCompletedWithValue(12L);
    assertThat(table.awaitApplied(12)).isCompletedWithValue(12L);
    assertThat(table.waiting()).isZero();
  }

  @Test
  void tooManyWhoWaitAreRefused() {
    CompletableFuture<Long> first = table.awaitApplied(100);
    for (int i = 1; i < IndexWaiters.MAX_WAITERS; i++) {
      assertThat(table.awaitApplied(100)).isNotDone();
    }
    assertThat(table.awaitApplied(100)).isCompletedExceptionally();
    first.cancel(false);
    assertThat(table.awaitApplied(100)).isNotDone();
  }
}
