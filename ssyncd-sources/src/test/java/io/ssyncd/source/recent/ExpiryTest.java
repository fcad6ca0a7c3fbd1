package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.testkit.TableIntake;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A policy says that an entry of T counts for a minute. */
class ExpiryTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final RecentAddress A = Rows.v4(10, 0, 0, 1);
  private static final RecentAddress B = Rows.v4(10, 0, 0, 2);
  private static final RecentAddress C = Rows.v4(10, 0, 0, 3);

  private final TextTables files = new TextTables();
  private final SteadyKernel kernel = SteadyKernel.sinceBoot(250);
  private final TableIntake intake = new TableIntake();
  private volatile long laterMs;
  private RecentSource source;

  @BeforeEach
  void start() {
    RecentConfig config =
        RecentConfig.defaults()
            .withInterval(Duration.ofMillis(20))
            .withPolicies(
                List.of(new TablePolicy("T", Optional.of(MINUTE), TablePolicy.Hits.PRESENCE)));
    source =
        new RecentSource(
            new KernelTables(
                config,
                files,
                new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64),
                HostClock.steady(() -> System.currentTimeMillis() + laterMs)));
  }

  @AfterEach
  void stop() {
    source.stop();
  }

  private static RecentKey key(String table, RecentAddress address) {
    return new RecentKey(table, address.toBytes());
  }

  private void hold(String table, RecentAddress address, Duration age) {
    long seen = System.currentTimeMillis() - age.toMillis();
    intake.apply(new Mutation.Put(new RecentEntry(key(table, address), 64, seen)));
  }

  private boolean holds(String table, RecentAddress address) {
    return intake.table().get(key(table, address)) != null;
  }

  private String row(RecentAddress address, Duration age) {
    return Rows.print(address, 64, kernel.jiffies() - age.toMillis() / 4);
  }

  @Test
  void whatOutlivedItsTimeLeavesTheClusterOnceTheKernelHoldsItNoLonger() {
    hold("T", A, MINUTE.plus(Expiry.GRACE));
    hold("T", B, MINUTE.plus(Expiry.GRACE));
    hold("T", C, MINUTE.minusSeconds(30));
    hold("unknown", A, MINUTE.multipliedBy(9));
    hold("missing", A, MINUTE.multipliedBy(9));
    files.set("T", row(B, MINUTE.plus(Expiry.GRACE).plusSeconds(1)));
    files.set("unknown");
    source.start(intake);

    await().until(() -> !holds("T", A));
    assertThat(holds("T", B)).as("the kernel holds it").isTrue();
    assertThat(holds("T", C)).as("its time is not over").isTrue();

    laterMs = MINUTE.plus(Expiry.GRACE).toMillis();
    await().until(() -> !holds("T", C));
    assertThat(intake.offered()).hasSize(2);
    assertThat(holds("unknown", A)).as("no policy").isTrue();
    assertThat(holds("missing", A)).as("no table").isTrue();
  }

  @Test
  void whenTheClockWasSetForward_nothingIsOverForItsOwnTime() {
    long[] setMs = {0};
    long[] passedMs = {0};
    long beganMs = System.currentTimeMillis();
    HostClock clock =
        new HostClock(
            () -> beganMs + setMs[0] + passedMs[0], () -> Duration.ofMillis(passedMs[0]).toNanos());
    KernelTables tables =
        new KernelTables(
            RecentConfig.defaults(),
            files,
            new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64),
            clock);
    assertThat(tables.overUntil(MINUTE)).isEqualTo(beganMs - MINUTE.toMillis());

    setMs[0] = Duration.ofHours(1).toMillis();
    assertThat(tables.overUntil(MINUTE)).isEqualTo(Long.MIN_VALUE);

    passedMs[0] = MINUTE.toMillis() + 1;
    assertThat(tables.overUntil(MINUTE)).isEqualTo(beganMs + setMs[0] + 1);
  }

  @Test
  void ofAnEmptiedTableWhatHadOutlivedItsTimeIsDeletedAndTheRestIsWrittenBack() {
    files.set("T", row(A, MINUTE.plusSeconds(5)), row(B, Duration.ofSeconds(5)));
    source.start(intake);
    await().until(() -> holds("T", A) && holds("T", B));

    files.set("T");

    await().until(() -> intake.replacements() == 1);
    await().until(() -> !holds("T", A));
    assertThat(holds("T", B)).isTrue();
    assertThat(source.status().warnings())
        .anyMatch(w -> w.code().equals("table-emptied") && w.text().contains("lost its 1 entries"));
  }

  @Test
  void aTableWhoseRowsAllOutlivedTheirTimeWasReapedAndNotEmptied() {
    files.set("T", row(A, MINUTE.plusSeconds(5)), row(B, MINUTE.plusSeconds(5)));
    source.start(intake);
    await().until(() -> holds("T", A) && holds("T", B));

    files.set("T", row(C, Duration.ZERO));

    await().until(() -> holds("T", C) && !holds("T", A) && !holds("T", B));
    assertThat(intake.replacements()).isZero();
    assertThat(source.status().warnings()).isEmpty();
  }
}
