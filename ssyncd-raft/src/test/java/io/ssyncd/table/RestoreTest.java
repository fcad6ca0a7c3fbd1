package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Entry.RestoreStep;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A restore replaces the table all at once or not at all, and ends the epoch. */
class RestoreTest {
  private static final long SAVED = 1_000;
  private static final UUID REQUEST = new UUID(7, 7);

  private final Rig rig = Rig.opened();

  private static HttpSession session(String key, long atMs) {
    return new HttpSession(
        new HttpKey("f1", 0, 0, Bytes.utf8(key)), 0, Bytes.utf8("10.0.0.1"), atMs);
  }

  private static RecentEntry entry(int last, long... stampsMs) {
    return new RecentEntry(
        new RecentKey("T", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) last)), 64, stampsMs);
  }

  private Outcome step(RestoreStep step) {
    return rig.apply(new Entry.Restore(REQUEST, step));
  }

  private static RestoreStep.Part part(int number, HttpSession... sessions) {
    List<Mutation> puts = new ArrayList<>();
    for (HttpSession each : sessions) {
      puts.add(new Mutation.Put(each));
    }
    return new RestoreStep.Part(number, puts);
  }

  private static RestoreStep.End end(int parts, HttpSession... sessions) {
    Rig sum = Rig.opened();
    for (HttpSession each : sessions) {
      sum.apply(new Mutation.Put(each));
    }
    return new RestoreStep.End(
        parts, sessions.length, Long.parseUnsignedLong(sum.table.copy().digest(), 16));
  }

  private void live(HttpSession... sessions) {
    for (HttpSession each : sessions) {
      rig.apply(new Mutation.Put(each));
    }
  }

  @Test
  void theTableStaysAsItIsUntilTheEndReplacesItAtOnce() {
    live(session("old", 5));
    HttpSession one = session("one", 10);
    HttpSession two = session("two", 20);
    step(new RestoreStep.Begin(SAVED));
    assertThat(step(part(1, one))).isEqualTo(Outcome.APPLIED);
    assertThat(step(part(2, two))).isEqualTo(Outcome.APPLIED);
    assertThat(rig.table.records(Scope.farm("f1"))).containsExactly(session("old", 5));
    assertThat(rig.table.restoring().orElseThrow().records()).isEqualTo(2);
    assertThat(step(end(2, one, two))).isEqualTo(Outcome.APPLIED);
    assertThat(rig.table.records(Scope.farm("f1"))).containsExactlyInAnyOrder(one, two);
    assertThat(rig.table.restoring()).isEmpty();
  }

  @Test
  void whatLivesAfterTheSaveWinsAndWhatIsOlderDoesNot() {
    live(session("same", SAVED + 1), session("older", SAVED), session("new", SAVED + 2));
    rig.apply(new Mutation.Put(entry(1, 5, SAVED + 1, 7)), new Mutation.Put(entry(2, 5, 6)));
    HttpSession same = session("same", SAVED - 1);
    HttpSession older = session("older", 3);
    HttpSession gone = session("gone", 4);
    step(new RestoreStep.Begin(SAVED));
    step(part(1, same, older, gone));
    step(end(1, same, older, gone));
    assertThat(rig.table.records(Scope.farm("f1")))
        .containsExactlyInAnyOrder(
            session("same", SAVED + 1), older, session("new", SAVED + 2), gone);
    assertThat(rig.table.records(Scope.table("T"))).containsExactly(entry(1, 5, SAVED + 1, 7));
  }

  @Test
  void batchesOfTheLeaderThatWereUnderWayChangeNothingAfterIt() {
    live(session("a", 1));
    step(new RestoreStep.Begin(SAVED));
    step(end(0));
    assertThat(rig.table.count(Kind.HTTP)).isZero();
    long epoch = rig.table.epoch();
    assertThat(rig.table.ingester()).isNull();
    assertThat(rig.apply(new Entry.Batch("lb1", 1, 2, List.of(new Mutation.Put(session("b", 2))))))
        .isEqualTo(Outcome.STALE_EPOCH);
    assertThat(rig.table.count(Kind.HTTP)).isZero();
    rig.apply(new Entry.Open("lb1", new UUID(0, 2)));
    assertThat(rig.table.epoch()).isGreaterThan(epoch);
    assertThat(
            rig.apply(
                new Entry.Batch(
                    "lb1", rig.table.epoch(), 1, List.of(new Mutation.Put(session("b", 2))))))
        .isEqualTo(Outcome.APPLIED);
  }

  @Test
  void stepsThatComeTwiceOrNotInOrderAreTold() {
    HttpSession one = session("one", 10);
    assertThat(step(part(1, one))).as("without a begin").isEqualTo(Outcome.STALE_EPOCH);
    step(new RestoreStep.Begin(SAVED));
    assertThat(step(new RestoreStep.Begin(SAVED))).isEqualTo(Outcome.DUPLICATE);
    assertThat(step(part(2, one))).isEqualTo(Outcome.GAP);
    assertThat(step(part(1, one))).isEqualTo(Outcome.APPLIED);
    assertThat(step(part(1, one))).isEqualTo(Outcome.DUPLICATE);
    assertThat(step(end(1, one))).isEqualTo(Outcome.APPLIED);
    assertThat(step(end(1, one))).isEqualTo(Outcome.DUPLICATE);
    assertThat(step(new RestoreStep.Begin(SAVED))).isEqualTo(Outcome.DUPLICATE);
    assertThat(rig.table.restoring()).isEmpty();
  }

  @Test
  void anEndThatDoesNotFitLeavesTheTableAlone() {
    live(session("old", 5));
    HttpSession one = session("one", 10);
    step(new RestoreStep.Begin(SAVED));
    step(part(1, one));
    assertThat(step(end(2, one))).isEqualTo(Outcome.GAP);
    assertThat(step(end(1, one, session("two", 1)))).isEqualTo(Outcome.GAP);
    assertThat(step(end(1, session("one", 11)))).isEqualTo(Outcome.GAP);
    assertThat(rig.table.records(Scope.farm("f1"))).containsExactly(session("old", 5));
    assertThat(rig.table.ingester()).isEqualTo("lb1");
    assertThat(step(end(1, one))).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void aNewerRestoreTakesTheOldOnesPlaceAndAnAbandonedOneIsForgotten() {
    step(new RestoreStep.Begin(SAVED));
    step(part(1, session("one", 1)));
    UUID other = new UUID(8, 8);
    rig.apply(new Entry.Restore(other, new RestoreStep.Begin(SAVED)));
    assertThat(rig.table.restoring().orElseThrow().records()).isZero();
    assertThat(step(part(2, session("two", 1)))).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(step(new RestoreStep.Abandon())).isEqualTo(Outcome.STALE_EPOCH);
    assertThat(rig.table.restoring()).isPresent();
    rig.apply(new Entry.Restore(other, new RestoreStep.Abandon()));
    assertThat(rig.table.restoring()).isEmpty();
    assertThat(rig.table.ingester()).isEqualTo("lb1");
  }

  @Test
  void whatWasGatheredIsInTheDigestAndInSnapshots() throws Exception {
    String before = rig.table.digest();
    step(new RestoreStep.Begin(SAVED));
    String begun = rig.table.digest();
    HttpSession one = session("one", 10);
    step(part(1, one));
    assertThat(List.of(before, begun, rig.table.digest())).doesNotHaveDuplicates();
    rig.table = Rig.restored(rig.snapshot());
    assertThat(step(part(1, one))).isEqualTo(Outcome.DUPLICATE);
    assertThat(step(end(1, one))).isEqualTo(Outcome.APPLIED);
    assertThat(rig.table.records(Scope.farm("f1"))).containsExactly(one);
  }
}
