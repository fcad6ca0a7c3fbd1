package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.testkit.TableIntake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentSourceTest {
  private static final RecentAddress A = Rows.v4(10, 0, 0, 1);
  private static final RecentAddress B = Rows.v4(10, 0, 0, 2);
  private static final RecentAddress C = Rows.v4(10, 0, 0, 3);
  private static final RecentAddress SIX = new RecentAddress(true, 0xfd00L << 48, 6);

  private final TextTables files = new TextTables();
  private final SteadyKernel kernel = SteadyKernel.sinceBoot(250);
  private final TableIntake intake = new TableIntake();
  private KernelTables tables;
  private RecentSource source;
  private long then;

  @TempDir private Path module;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectory(module.resolve("parameters"));
    Files.writeString(module.resolve("parameters/ip_list_tot"), "100\n");
    RecentConfig config =
        RecentConfig.defaults()
            .withInterval(Duration.ofMillis(20))
            .withModuleDir(module)
            .withConntrack(Conntrack.OFF);
    JiffiesClock clock = new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64);
    tables = new KernelTables(config, files, clock);
    source = new RecentSource(tables);
    then = kernel.jiffies() - 250 * 60;
  }

  @AfterEach
  void stop() {
    source.stop();
  }

  private static RecentKey key(RecentAddress address) {
    return new RecentKey("T", address.toBytes());
  }

  private RecentEntry held(RecentAddress address) {
    return (RecentEntry) intake.table().get(key(address));
  }

  private int held() {
    return intake.table().counts().getOrDefault(Scope.table("T"), 0);
  }

  private void startWith(String... rows) {
    files.set("T", rows);
    source.start(intake);
    await().until(() -> held() == rows.length);
    looked();
    intake.forget();
  }

  /** Two more looks at the table have begun and ended. */
  private void looked() {
    KernelTable table = tables.table("T");
    long now = readings(table);
    await().until(() -> readings(table) > now + 3);
  }

  private static long readings(KernelTable table) {
    table.lock().lock();
    try {
      return table.readings;
    } finally {
      table.lock().unlock();
    }
  }

  @Test
  void rowsOfBothFamiliesAreReported() {
    startWith(Rows.print(A, 64, then, then + 250), Rows.print(SIX, 63, then));

    assertThat(held(A).ttl()).isEqualTo(64);
    assertThat(held(A).stampMs(1) - held(A).stampMs(0)).isBetween(999L, 1001L);
    assertThat(held(SIX).key().isIpv6()).isTrue();
  }

  @Test
  void defect5StampsAreWallClockAndNeverJiffies() {
    long before = System.currentTimeMillis();
    startWith(Rows.print(A, 64, then));

    assertThat(before - held(A).lastSeenMs()).isBetween(59_980L, 60_020L);
  }

  @Test
  void whatDoesNotChangeIsReportedOnce() {
    startWith(Rows.print(A, 64, then));
    looked();

    assertThat(intake.offered()).isEmpty();
  }

  @Test
  void defect14AFullTurnOfTheRingIsSeen() {
    long[] ring = LongStream.range(then, then + 32).toArray();
    startWith(Rows.ring(A, 64, then + 31, 32, ring));

    long[] turned = LongStream.range(then + 32, then + 64).toArray();
    files.set("T", Rows.ring(A, 64, then + 63, 32, turned));

    await().until(() -> !intake.offered().isEmpty());
    assertThat(held(A).lastSeenMs()).isBetween(0L, System.currentTimeMillis());
    assertThat(held(A).stamps()).isEqualTo(32);
    assertThat(intake.offered()).hasSize(1).first().isInstanceOf(Mutation.Put.class);
  }

  @Test
  void aRowThatVanishesWhileOthersStayIsDeleted() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    files.set("T", Rows.print(B, 64, then));

    await().until(() -> held(A) == null);
    assertThat(intake.offered()).containsExactly(new Mutation.Delete(key(A)));
    assertThat(held(B)).isNotNull();
  }

  @Test
  void anEmptiedTableIsWrittenBackAndDeletesNothing() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    files.set("T");

    await().until(() -> intake.replacements() == 1);
    looked();
    assertThat(intake.offered()).isEmpty();
    assertThat(held()).isEqualTo(2);
    assertThat(source.status().warnings()).extracting("code").contains("table-emptied");
  }

  @Test
  void aTableEmptiedAndFilledByTrafficBetweenTwoLooksDeletesNothing() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then, then + 1));
    files.set("T", Rows.print(B, 64, then + 500), Rows.print(C, 64, then + 501));

    await().until(() -> intake.replacements() == 1);
    looked();
    assertThat(held()).isEqualTo(3);
    assertThat(intake.offered()).allMatch(m -> m instanceof Mutation.Put);
  }

  @Test
  void aTableThatIsClearedOnPurposeTakesWhatWasSaidOfItAlong() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    KernelTable table = tables.table("T");
    table.lock().lock();
    try {
      files.set("T");
      table.cleared();
      source.cleared("T");
    } finally {
      table.lock().unlock();
    }
    looked();

    assertThat(intake.offered()).containsExactly(new Mutation.ClearScope(Scope.table("T")));
    assertThat(held()).isZero();
    assertThat(intake.replacements()).isZero();
    assertThat(source.status().warnings()).isEmpty();
  }

  @Test
  void aTableThatStaysEmptyIsWrittenBackOnce() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    files.set("T");
    await().until(() -> intake.replacements() == 1);

    source.stop();
    source.start(intake);
    looked();
    assertThat(intake.replacements()).isEqualTo(1);
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void aTableThatIsEmptiedAgainAndAgainIsNotWrittenBackEachTime() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    for (int i = 0; i < 5; i++) {
      files.set("T");
      looked();
      files.set("T", Rows.print(A, 64, then + i));
      looked();
    }
    assertThat(intake.replacements()).isEqualTo(1);
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void aTableThatIsGoneIsAWarningUntilItComesBack() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    files.set("U", Rows.print(A, 64, then));
    files.drop("T");

    await()
        .untilAsserted(
            () ->
                assertThat(source.status().warnings())
                    .extracting("code")
                    .contains("table-missing"));
    assertThat(held()).isEqualTo(2);
    assertThat(intake.replacements()).isZero();

    files.set("T");
    await().until(() -> intake.replacements() == 1);
    await()
        .untilAsserted(
            () ->
                assertThat(source.status().warnings())
                    .extracting("code")
                    .doesNotContain("table-missing"));
    assertThat(held()).isEqualTo(2);
  }

  /** A follower's was shown as if there were none. */
  @Test
  void aSourceThatDoesNotRunSaysWhetherThereAreTables() {
    assertThat(source.status().connected()).isTrue();
    files.loaded(false);
    assertThat(source.status().connected()).isFalse();
    assertThat(source.status().warnings()).isEmpty();
  }

  @Test
  void aModuleThatIsUnloadedDeletesNothing() {
    startWith(Rows.print(A, 64, then));
    files.loaded(false);

    await().until(() -> !source.status().connected());
    assertThat(source.status().warnings()).extracting("code").contains("xt-recent-missing");
    files.loaded(true);
    await().until(() -> source.status().connected() && intake.replacements() == 1);
    assertThat(held()).isEqualTo(1);
  }

  @Test
  void theTroubleWithATableGoesWithTheTable() {
    files.set("U", Rows.print(A, 64, then));
    files.unreadable("U");
    startWith(Rows.print(A, 64, then));
    await().until(() -> warned("table-unreadable"));

    files.drop("U");
    await().until(() -> !warned("table-unreadable"));
    assertThat(held()).isEqualTo(1);
  }

  @Test
  void aSourceThatIsStoppedWarnsOfNothing() {
    startWith(Rows.print(A, 64, then));
    files.drop("T");
    await().until(() -> warned("table-missing"));

    source.stop();
    assertThat(source.status().warnings()).isEmpty();
  }

  private boolean warned(String code) {
    return source.status().warnings().stream().anyMatch(w -> w.code().equals(code));
  }

  @Test
  void aRowOfNonsenseIsCountedAndNothingIsDeletedMeanwhile() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    files.set("T", Rows.print(A, 64, then), "src=10.0.0.2 ttl: 64 last_s");
    await().until(() -> source.status().malformed() > 3);

    assertThat(held(B)).isNotNull();
    assertThat(intake.offered()).isEmpty();
  }

  /** A row of nonsense was a line of the log at each look, twenty a second. */
  @Test
  void rowsOfNonsenseDoNotFillTheLog() {
    KernelTables quiet = new KernelTables(RecentConfig.defaults(), new TextTables());
    long now = System.nanoTime();

    assertThat(quiet.mayTell(now)).isTrue();
    assertThat(quiet.mayTell(now + Duration.ofSeconds(59).toNanos())).isFalse();
    assertThat(quiet.mayTell(now + Duration.ofSeconds(60).toNanos())).isTrue();
  }

  @Test
  void anOlderRowIsNoNewsAtTheStartAndANewerOneIs() {
    long now = System.currentTimeMillis();
    intake.apply(new Mutation.Put(new RecentEntry(key(A), 64, now - 1000)));
    intake.apply(new Mutation.Put(new RecentEntry(key(B), 64, now - 300_000)));
    intake.apply(new Mutation.Put(new RecentEntry(key(C), 64, now - 300_000)));
    files.set("T", Rows.print(A, 64, then), Rows.print(B, 64, then));
    source.start(intake);

    await().until(() -> !intake.offered().isEmpty());
    looked();
    assertThat(intake.offered()).hasSize(1);
    assertThat(held(A).lastSeenMs()).isEqualTo(now - 1000);
    assertThat(now - held(B).lastSeenMs()).isBetween(59_000L, 61_000L);
    assertThat(held(C)).as("missing in the kernel, kept in the cluster").isNotNull();
  }

  @Test
  void whatThisNodeWroteIsNoNews() {
    long now = System.currentTimeMillis();
    RecentEntry entry = new RecentEntry(key(A), 64, now - 5000, now - 4000);
    intake.apply(new Mutation.Put(entry));
    long written = kernel.jiffies();
    tables.table("T").written(RecentRow.of(A, 0, written), entry);
    files.set("T", Rows.print(A, 0, written));
    source.start(intake);

    looked();
    assertThat(intake.offered()).isEmpty();

    long later = kernel.jiffies() + 1;
    files.set("T", Rows.print(A, 64, written, later));
    await().until(() -> !intake.offered().isEmpty());
    assertThat(held(A).stamps()).as("the hits before the write, and the new one").isEqualTo(3);
    assertThat(held(A).stampMs(0)).isEqualTo(now - 5000);
    assertThat(held(A).stampMs(1)).isEqualTo(now - 4000);
    assertThat(held(A).ttl()).isEqualTo(64);
  }

  @Test
  void whatAnEarlierLifeOfThisNodeWroteIsNoNews() {
    long now = System.currentTimeMillis();
    RecentEntry entry = new RecentEntry(key(A), 64, now - 5000);
    intake.apply(new Mutation.Put(entry));
    files.set("T", Rows.print(A, 0, kernel.jiffies()));
    source.start(intake);

    looked();
    assertThat(intake.offered()).isEmpty();
    assertThat(held(A)).isEqualTo(entry);
  }

  @Test
  void changesThatTheIntakeDroppedAreFoundAgain() {
    startWith(Rows.print(A, 64, then), Rows.print(B, 64, then));
    intake.full(true);
    files.set("T", Rows.print(A, 64, then, then + 9), Rows.print(C, 64, then));
    long events = source.status().events();
    await().until(() -> source.status().events() > events);
    intake.full(false);
    source.resync();

    await().until(() -> held(C) != null && held(A).stamps() == 2 && held(B) == null);
  }

  @Test
  void nothingIsReportedAfterAStop() {
    startWith(Rows.print(A, 64, then));
    source.stop();
    files.set("T", Rows.print(A, 64, then, then + 1));
    source.resync();

    assertThat(intake.offered()).isEmpty();
  }

  @Test
  void entriesAreCutToWhatARecordHolds() {
    long[] stamps = LongStream.range(then, then + 5000).toArray();
    startWith(Rows.print(A, 64, stamps));

    assertThat(held(A).stamps()).isEqualTo(RecentEntry.MAX_STAMPS);
    assertThat(held(A).lastSeenMs() - held(A).stampMs(0)).isBetween(16_370L, 16_390L);
  }

  @Test
  void onlyChosenTablesAreSeen() {
    RecentConfig config =
        RecentConfig.defaults()
            .withInterval(Duration.ofMillis(20))
            .withTables(List.of("_*_sessions", "T"))
            .withScratchTable("T");
    source = new RecentSource(new KernelTables(config, files, tables.clock()));
    files.set("T", Rows.print(A, 64, then));
    files.set("_f_0x1_sessions", Rows.print(A, 64, then));
    files.set("other", Rows.print(A, 64, then));
    source.start(intake);

    await().until(() -> !intake.table().counts().isEmpty());
    await().until(() -> source.status().connected());
    assertThat(intake.table().counts().keySet()).containsExactly(Scope.table("_f_0x1_sessions"));
  }

  @Test
  void aTableFullOfNewerRowsHasTurnedOverAndWasNotEmptied() {
    String[] old =
        IntStream.range(0, 100)
            .mapToObj(i -> Rows.print(Rows.v4(10, 1, 0, i), 64, then))
            .toArray(String[]::new);
    String[] fresh =
        IntStream.range(0, 100)
            .mapToObj(i -> Rows.print(Rows.v4(10, 2, 0, i), 64, then + 5))
            .toArray(String[]::new);
    startWith(old);
    files.set("T", fresh);

    await().until(() -> intake.offered().size() == 200);
    assertThat(held()).isEqualTo(100);
    assertThat(intake.replacements()).isZero();
  }

  /** The single reader was in a table of 100,000 rows for seconds, and all others waited. */
  @Test
  void aNewClientDoesNotWaitForALongTableThatIsBeingRead() {
    files.set("LONG", Rows.print(A, 64, then));
    startWith(Rows.print(A, 64, then));
    files.endless("LONG");
    await().until(() -> "LONG".equals(files.underWay()));

    files.set("T", Rows.print(A, 64, then), Rows.print(B, 64, then));
    await().until(() -> held(B) != null);
    assertThat(files.underWay()).isEqualTo("LONG");

    files.endless(null);
    files.set("LONG", Rows.print(C, 64, then));
    await().until(() -> intake.table().get(new RecentKey("LONG", C.toBytes())) != null);
  }

  /** The look that is under way may have passed the place of the new row: it is no answer. */
  @Test
  void aHintThatComesDuringALookIsAnsweredByTheNextOne() throws Exception {
    RecentConfig config = tables.config().withInterval(Duration.ofMinutes(1));
    tables = new KernelTables(config, files, tables.clock());
    RecentSession session = new RecentSession(tables, intake, new SourceHealth(), new WriteBack());
    files.set("T", Rows.print(A, 64, then));
    Thread thread = new Thread(session);
    thread.start();
    try {
      // Until its pauses are those of the interval.
      await()
          .until(() -> hinted(session, readings(tables.table("T")) > PollSchedule.LOOKS_WEIGHED));
      files.endless("T");
      await().until(() -> hinted(session, "T".equals(files.underWay())));
      files.set("T", Rows.print(A, 64, then), Rows.print(B, 64, then));
      int pieces = files.pieces();
      session.hint();
      await().until(() -> files.pieces() > pieces + 30);
      assertThat(held(B)).isNull();
      files.endless(null);

      await().until(() -> held(B) != null);
    } finally {
      files.endless(null);
      session.stop();
      thread.join();
    }
  }

  private static boolean hinted(RecentSession session, boolean enough) {
    if (!enough) {
      session.hint();
    }
    return enough;
  }

  @Test
  void howOftenTheDearestTableIsReadIsShown() {
    startWith(Rows.print(A, 64, then));

    await().until(() -> figure("recent_looks") > 1);
    await().until(() -> figure("recent_look_seconds") > 0);
    assertThat(figure("recent_pause_seconds")).isPositive();
  }

  private double figure(String name) {
    return source.figures().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }
}
