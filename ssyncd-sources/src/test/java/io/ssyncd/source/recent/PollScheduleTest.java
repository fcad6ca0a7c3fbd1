package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PollScheduleTest {
  private static final long MS = 1_000_000;
  private final PollSchedule schedule = new PollSchedule(Duration.ofMillis(200));

  private void quiet(String table, long costNanos) {
    for (int i = 0; i <= PollSchedule.QUIET_LOOKS; i++) {
      schedule.read(table, 0, costNanos, false);
    }
  }

  @Test
  void aNewTableIsDueAtOnce() {
    assertThat(schedule.due("T", 77)).isEqualTo(77);
  }

  @Test
  void aQuietTableIsReadAtTheInterval() {
    quiet("T", 100_000);
    assertThat(schedule.due("T", 0)).isEqualTo(200 * MS);
  }

  /** Eighty wake-ups a second for a hundred tables cost as much as a sixth of the reading. */
  @Test
  void tablesThatAreDueSoonAfterEachOtherAreReadInOneGo() {
    quiet("A", 100_000);
    quiet("B", 100_000);
    schedule.read("B", 20 * MS, 100_000, false);

    long idle = schedule.idle(Set.of("A", "B"), 199 * MS, 1000 * MS);

    assertThat(idle).isEqualTo(25 * MS);
    assertThat(schedule.due("B", 0)).isLessThanOrEqualTo(199 * MS + idle);
  }

  @Test
  void aHintWaitsForNoOtherTable() {
    quiet("A", 100_000);
    schedule.hint(5 * MS);
    assertThat(schedule.idle(Set.of("A"), 5 * MS, 1000 * MS)).isEqualTo(10 * MS);
  }

  @Test
  void nothingIsIdleForLongerThanItIsTold() {
    quiet("A", 100_000);
    assertThat(schedule.idle(Set.of("A"), 0, 150 * MS)).isEqualTo(150 * MS);
    assertThat(schedule.idle(Set.of(), 0, 150 * MS)).isEqualTo(150 * MS);
    assertThat(schedule.idle(Set.of("new"), 0, 150 * MS)).isEqualTo(10 * MS);
  }

  @Test
  void aChangingTableIsReadFaster() {
    quiet("T", 100_000);
    schedule.read("T", 0, 100_000, true);
    assertThat(schedule.due("T", 0)).isEqualTo(50 * MS);
  }

  @Test
  void oneSlowLookIsNoMeasure() {
    schedule.read("T", 0, 200 * MS, false);
    assertThat(schedule.due("T", 0)).isEqualTo(1000 * MS);
    schedule.read("T", 0, 100_000, false);
    assertThat(schedule.due("T", 0)).isEqualTo(50 * MS);
  }

  /** A table of 100,000 rows was read four times in a row before it counted as dear. */
  @Test
  void aTableThatIsVeryDearFromTheFirstLookOnIsNotReadAgainAtOnce() {
    schedule.read("T", 0, 3_000 * MS, false);
    assertThat(schedule.due("T", 0)).isEqualTo(15_000 * MS);
  }

  @Test
  void aDearTableIsReadSeldomAndTheOthersAreNot() {
    quiet("small", 100_000);
    quiet("large", 300 * MS);
    quiet("small", 100_000);
    assertThat(schedule.pauseNanos("large")).isEqualTo(10_000 * MS);
    assertThat(schedule.pauseNanos("small")).isEqualTo(200 * MS);
  }

  @Test
  void theShareOfTimeIsBoundedOverAllTables() {
    for (int i = 0; i < 4000; i++) {
      schedule.read("T" + i % 1000, 0, MS, true);
    }
    double share = 0;
    for (int i = 0; i < 1000; i++) {
      share += (double) MS / schedule.pauseNanos("T" + i);
    }
    assertThat(share).isLessThanOrEqualTo(PollSchedule.MAX_SHARE * 1.001);
  }

  @Test
  void aHintBringsACheapTableForwardAndADearOneNot() {
    quiet("small", 20_000);
    quiet("large", 300 * MS);
    long large = schedule.due("large", 0);

    schedule.hint(3 * MS);

    assertThat(schedule.due("small", 0)).isEqualTo(10 * MS);
    assertThat(schedule.due("large", 0)).isEqualTo(large);
    schedule.hint(70 * MS);
    assertThat(schedule.due("small", 0)).isEqualTo(10 * MS);
  }

  @Test
  void aHintThatComesLateIsAnsweredAtOnce() {
    quiet("T", 20_000);
    schedule.hint(70 * MS);
    assertThat(schedule.due("T", 70 * MS)).isEqualTo(70 * MS);
  }

  /**
   * Of a hundred tables each was due half a second after its last look, which polling had had in
   * between: hints came to nothing.
   */
  @Test
  void aHintAfterAWhileIsAnsweredAtOnceHoweverManyTablesThereAre() {
    for (int i = 0; i < 100; i++) {
      quiet("T" + i, 100_000);
    }
    schedule.hint(20 * MS);
    assertThat(schedule.due("T7", 20 * MS)).isEqualTo(20 * MS);

    for (int i = 0; i < 100; i++) {
      schedule.read("T" + i, 30 * MS, 100_000, false);
    }
    schedule.hint(40 * MS);
    assertThat(schedule.due("T7", 40 * MS)).as("in its turn").isEqualTo(230 * MS);
  }

  @Test
  void aTableThatIsBeingWrittenIsLookedAtSoonAndNotAfterALongInterval() {
    PollSchedule seldom = new PollSchedule(Duration.ofSeconds(10));
    seldom.read("T", 0, 20_000, false);
    seldom.busy("T", 0);
    assertThat(seldom.due("T", 0)).isEqualTo(50 * MS);
  }

  @Test
  void theDearestTableSetsThePace() {
    quiet("small", 20_000);
    quiet("large", 300 * MS);
    assertThat(schedule.pace()).isEqualTo(new PollSchedule.Pace(300 * MS, 10_000 * MS));
    assertThat(schedule.isCheap("large")).isFalse();
    assertThat(schedule.isCheap("small")).isTrue();
    assertThat(schedule.isCheap("new")).isFalse();
  }

  /** Time goes on in this test by what the looks and the pauses take. */
  @Test
  void hintsWithoutEndTakeNoMoreThanTheirShareBesides() {
    long cost = 50_000;
    int tables = 100;
    long now = 0;
    long spent = 0;
    long end = 20_000 * MS;
    for (int i = 0; i < tables; i++) {
      quiet("T" + i, cost);
    }
    while (now < end) {
      schedule.hint(now);
      for (int i = 0; i < tables; i++) {
        if (schedule.due("T" + i, now) <= now) {
          now += cost;
          spent += cost;
          schedule.read("T" + i, now, cost, true);
        }
      }
      now += MS;
    }
    double share = PollSchedule.MAX_SHARE + PollSchedule.HINT_SHARE;
    assertThat((double) spent / now).isBetween(0.01, share);
  }

  @Test
  void whatIsGoneIsForgotten() {
    quiet("T", 10_000 * MS);
    schedule.retain(Set.of());
    assertThat(schedule.due("T", 5)).isEqualTo(5);
  }
}
