package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.ClockOffset;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecordsClockTest {
  private static final Duration ERROR = Duration.ofMillis(2);

  private long wallMs = 1_800_000_000_000L;
  private long steadyMs = 5_000;
  private final List<Long> told = new ArrayList<>();

  /** How long this thread waits for the processor before each of the next readings of the wall. */
  private final Deque<Duration> pauses = new ArrayDeque<>();

  private final HostClock host =
      new HostClock(this::wall, () -> TimeUnit.MILLISECONDS.toNanos(steadyMs));
  private final RecordsClock clock = new RecordsClock(host, this::tell);

  private long wall() {
    Duration pause = pauses.poll();
    if (pause != null) {
      passes(pause);
    }
    return wallMs;
  }

  private void tell() {
    told.add(clock.aheadMs());
  }

  private static Members.Known member(String name, Role role, NodeState state, Duration ahead) {
    return member(name, role, state, new ClockOffset(ahead, ERROR));
  }

  private static Members.Known member(
      String name, Role role, NodeState state, ClockOffset estimate) {
    Notice notice = new Notice(1, state, false, false, 0, Hearing.ALL, new TreeMap<>(), 0, null);
    return new Members.Known(
        new LogMember(name, "10.0.0.1:7777", false, true, role, true, estimate, null), notice);
  }

  private void collects(String name, Duration ahead) {
    clock.look(List.of(member(name, Role.LEADER, NodeState.INGESTING, ahead)), "me");
  }

  private void isEstimated(int aheadMs, int errorMs) {
    ClockOffset estimate = new ClockOffset(Duration.ofMillis(aheadMs), Duration.ofMillis(errorMs));
    clock.look(List.of(member("a", Role.LEADER, NodeState.INGESTING, estimate)), "me");
  }

  private void nobodyLeads(String former, Duration ahead) {
    clock.look(List.of(member(former, Role.FOLLOWER, NodeState.FOLLOWER, ahead)), "me");
  }

  private void passes(Duration time) {
    wallMs += time.toMillis();
    steadyMs += time.toMillis();
  }

  @Test
  void theClockOfWhoCollectsCounts() {
    collects("a", Duration.ofSeconds(30));
    assertThat(clock.aheadMs()).isEqualTo(30_000);
    collects("b", Duration.ofSeconds(-2));
    assertThat(clock.aheadMs()).isEqualTo(-2_000);
    assertThat(told).containsExactly(30_000L, -2_000L);
  }

  @Test
  void aLeaderThatDoesNotCollectYetHasStampedNothing() {
    collects("a", Duration.ofSeconds(30));
    clock.look(List.of(member("b", Role.LEADER, NodeState.WRITING, Duration.ofSeconds(7))), "me");
    assertThat(clock.aheadMs()).isEqualTo(30_000);
  }

  @Test
  void aDifferenceWithinTheErrorIsNone() {
    collects("a", RecordsClock.LEAST);
    assertThat(clock.aheadMs()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void anEstimateThatMovesALittleChangesNothing() {
    collects("a", Duration.ofSeconds(30));
    collects("a", Duration.ofMillis(30_004));
    assertThat(told).containsExactly(30_000L);
    collects("a", Duration.ofMillis(30_006));
    assertThat(told).containsExactly(30_000L, 30_006L);
  }

  @Test
  void aDeadLeadersClockIsRememberedWhateverBecomesOfItAndOfOurs() {
    collects("a", Duration.ofSeconds(30));
    passes(Duration.ofHours(1));
    // Somebody sets it right when it has come back.
    nobodyLeads("a", Duration.ZERO);
    assertThat(clock.aheadMs()).isEqualTo(30_000);
    wallMs += 10_000;
    nobodyLeads("a", Duration.ofSeconds(-10));
    assertThat(clock.aheadMs()).as("ours was set 10 s forward").isEqualTo(20_000);
  }

  @Test
  void whoTellsAllAnewHasItsOwnClock() {
    collects("a", Duration.ofSeconds(30));
    clock.own();
    nobodyLeads("a", Duration.ofSeconds(30));
    assertThat(clock.aheadMs()).isZero();
    collects("b", Duration.ofSeconds(3));
    assertThat(clock.aheadMs()).isEqualTo(3_000);
  }

  /** What it stamped before is right as it is, what it stamps now is an hour off. */
  @Test
  void nothingIsCorrectedOnceACollectorsClockWasSet() {
    collects("a", Duration.ZERO);
    passes(Duration.ofSeconds(1));
    collects("a", Duration.ofHours(1));
    assertThat(clock.aheadMs()).isZero();
    collects("a", Duration.ofHours(1));
    assertThat(clock.aheadMs()).isZero();
    collects("b", Duration.ofSeconds(3));
    assertThat(clock.aheadMs()).as("of the next one").isEqualTo(3_000);
  }

  /** Offsets of 165 and 298 ms were seen among members of one host, when it was busy. */
  @Test
  void aThreadThatIsKeptWaitingBetweenTwoReadingsTakesThatForNoDifference() {
    collects("a", Duration.ofSeconds(30));
    pauses.addAll(List.of(Duration.ofMillis(165), Duration.ofMillis(298)));
    collects("a", Duration.ofSeconds(30));
    assertThat(pauses).isEmpty();
    for (int i = 0; i < 20; i++) {
      pauses.add(Duration.ofMillis(100));
    }
    collects("a", Duration.ofSeconds(30));
    pauses.clear();
    collects("a", Duration.ofSeconds(30));
    assertThat(told).containsExactly(30_000L);
  }

  @Test
  void ourOwnClockThatIsSetMixesNothing() {
    collects("a", Duration.ofSeconds(30));
    wallMs += 10_000;
    collects("a", Duration.ofSeconds(20));
    assertThat(clock.aheadMs()).isEqualTo(20_000);
  }

  /** The rows were written anew, and anew once more when the host was quiet again. */
  @Test
  void aWorseEstimateOfABusyHostMovesNothing() {
    isEstimated(28, 2);
    for (int i = 0; i < 50; i++) {
      passes(Duration.ofSeconds(1));
      isEstimated(5, 26);
    }
    isEstimated(29, 2);
    assertThat(told).containsExactly(28L);
  }

  /** Clocks drift apart, and then the worse one may be the better. */
  @Test
  void aWorseEstimateCountsOnceTheBetterIsOld() {
    isEstimated(28, 2);
    passes(RecordsClock.KEPT);
    isEstimated(5, 26);
    assertThat(told).containsExactly(28L, 0L);
  }

  @Test
  void aWorseEstimateThatContradictsTheBetterCounts() {
    isEstimated(28, 2);
    passes(Duration.ofSeconds(1));
    isEstimated(100, 26);
    assertThat(told).containsExactly(28L, 100L);
  }
}
