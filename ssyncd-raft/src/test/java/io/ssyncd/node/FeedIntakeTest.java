package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.table.SessionTable;
import org.junit.jupiter.api.Test;

class FeedIntakeTest {
  private final SessionTable table = new SessionTable();
  private final FeedCounters counters = new FeedCounters();
  private final TableLimits limits =
      new TableLimits(new NodeConfig.Limits(1_000_000, 1_000_000), table);
  private int woken;

  private FeedIntake intake(Feed feed, int keys) {
    return new FeedIntake(feed.toString(), table, keys, counters, () -> woken++, () -> {});
  }

  private static Mutation put(String key, long at) {
    return new Mutation.Put(session(key, at));
  }

  private boolean take(FeedIntake intake) {
    limits.beginBatch();
    return intake.take(new BatchBuilder(), limits);
  }

  @Test
  void beyondTheBoundNewKeysAreDroppedAndThoseThatWaitStillChange() {
    FeedIntake intake = intake(F1, 8);
    for (int i = 0; i < 8; i++) {
      assertThat(intake.offer(put("k" + i, 1))).isTrue();
    }
    assertThat(intake.offer(put("new", 1))).isFalse();
    assertThat(intake.offer(put("other", 1))).isFalse();
    assertThat(intake.offer(put("k3", 2))).isTrue();
    assertThat(counters.overflows()).isEqualTo(1);
    assertThat(counters.depth()).isEqualTo(8);
    assertThat(intake.hasRoomAgain()).isFalse();
    assertThat(take(intake)).isTrue();
    assertThat(intake.hasRoomAgain()).isTrue();
    assertThat(intake.hasRoomAgain()).isFalse();
    assertThat(intake.offer(put("new", 1))).isTrue();
    assertThat(woken).isEqualTo(10);
  }

  @Test
  void longEntriesAreBoundedByTheirBytes() {
    FeedIntake intake = intake(Feed.RECENT, FeedIntake.MAX_KEYS);
    int taken = 0;
    while (taken < 10_000 && intake.offer(entry(taken, RecentEntry.MAX_STAMPS))) {
      taken++;
    }
    assertThat((long) taken * RecentEntry.MAX_STAMPS * 8).isLessThan(FeedIntake.MAX_BYTES);
    assertThat(taken).isGreaterThan(2_000);
    assertThat(counters.overflows()).isEqualTo(1);
  }

  @Test
  void whileLongEntriesFillAnIntakeNobodyIsAskedForMore() {
    FeedIntake intake = intake(Feed.RECENT, FeedIntake.MAX_KEYS);
    int taken = 0;
    while (taken < 10_000 && intake.offer(entry(taken, RecentEntry.MAX_STAMPS))) {
      taken++;
    }
    assertThat(intake.hasRoomAgain()).isFalse();
    int batches = 0;
    while (!intake.hasRoomAgain()) {
      assertThat(take(intake)).isTrue();
      batches++;
    }
    assertThat(batches).isGreaterThan(taken / 20);
    assertThat(intake.isEmpty()).isFalse();
  }

  @Test
  void entriesThatGrowWhileTheyWaitAreBoundedByTheirBytes() {
    FeedIntake intake = intake(Feed.RECENT, FeedIntake.MAX_KEYS);
    for (int i = 0; i < 10_000; i++) {
      assertThat(intake.offer(entry(i, 1))).isTrue();
    }
    int grown = 0;
    while (grown < 10_000 && intake.offer(entry(grown, RecentEntry.MAX_STAMPS))) {
      grown++;
    }
    assertThat((long) grown * RecentEntry.MAX_STAMPS * 8).isLessThan(FeedIntake.MAX_BYTES);
    assertThat(grown).isGreaterThan(2_000);
    assertThat(counters.overflows()).isEqualTo(1);
    assertThat(intake.offer(new Mutation.Delete(key(9_999)))).isTrue();
  }

  private static RecentKey key(int client) {
    return new RecentKey("t", Bytes.of((byte) 10, (byte) 0, (byte) (client >> 8), (byte) client));
  }

  private static Mutation entry(int client, int stamps) {
    return new Mutation.Put(new RecentEntry(key(client), 64, new long[stamps]));
  }

  @Test
  void aClosedIntakeTakesNothingAndSaysSoToNobody() {
    FeedIntake intake = intake(F1, 8);
    intake.offer(put("k", 1));
    intake.close();
    assertThat(intake.offer(put("late", 1))).isTrue();
    assertThat(counters.lateChanges()).isEqualTo(1);
    assertThat(take(intake)).isFalse();
    assertThat(intake.isEmpty()).isTrue();
  }

  @Test
  void aFullBatchLeavesTheRestForTheNext() {
    FeedIntake intake = intake(F1, FeedIntake.MAX_KEYS);
    for (int i = 0; i < 10_000; i++) {
      intake.offer(put("k" + i, 1));
    }
    int batches = 0;
    while (take(intake)) {
      batches++;
    }
    assertThat(batches).isBetween(3, 20);
    assertThat(intake.isEmpty()).isTrue();
  }
}
