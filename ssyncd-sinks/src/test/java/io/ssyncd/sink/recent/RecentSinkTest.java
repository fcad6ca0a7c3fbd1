package io.ssyncd.sink.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.source.recent.JiffiesWidth;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.TablePolicy;
import io.ssyncd.testkit.TableIntake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecentSinkTest {
  private final TableIntake cluster = new TableIntake();
  private final long now = System.currentTimeMillis();
  @TempDir private Path module;
  private FakeKernel kernel;
  private KernelTables tables;
  private RecentSink sink;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectory(module.resolve("parameters"));
    Files.writeString(module.resolve("parameters/ip_list_tot"), "100\n");
    Files.writeString(module.resolve("parameters/ip_pkt_list_tot"), "0\n");
    kernel(Command.STOCK, List.of());
  }

  private void kernel(Command understands, List<TablePolicy> policies) throws IOException {
    kernel = new FakeKernel(understands);
    kernel.table("ssyncd");
    kernel.table("T");
    if (understands == Command.RESTORE) {
      Files.writeString(module.resolve("version"), "ssyncd-restore-1\n");
    }
    RecentConfig config =
        RecentConfig.defaults()
            .withModuleDir(module)
            .withTimerList(module.resolve("none"))
            .withScratchTable("ssyncd")
            .withPolicies(policies);
    tables = new KernelTables(config, kernel);
    sink = new RecentSink(tables);
  }

  private static RecentAddress v4(int host) {
    return new RecentAddress(false, 0, 0x0A00_0000L + host);
  }

  private static RecentAddress v6(int host) {
    return new RecentAddress(true, 0xfd00L << 48, host);
  }

  private RecentEntry hold(String table, RecentAddress address, long... agesMs) {
    long[] stamps = LongStream.of(agesMs).map(age -> now - age).toArray();
    RecentEntry entry = new RecentEntry(new RecentKey(table, address.toBytes()), 63, stamps);
    cluster.apply(new Mutation.Put(entry));
    return entry;
  }

  private List<ScopeReport> write() throws Exception {
    return write(false);
  }

  private List<ScopeReport> write(boolean dryRun) throws Exception {
    tables.clock().moment();
    kernel.commands.clear();
    return sink.write(
        new WriteOrder(cluster.table(), Set.of(), dryRun, false, WriteOrder.Fence.NONE));
  }

  private ScopeReport writeT() throws Exception {
    return write().stream().filter(r -> r.scope().name().equals("T")).findFirst().orElseThrow();
  }

  /** What was written to tables that are not for telling the time. */
  private List<String> commands() {
    return kernel.commands.stream().filter(command -> !command.contains("192.0.2.1")).toList();
  }

  @Test
  void aTableThatIsMadeAnewWhileItIsReadIsWrittenOnceMore() throws Exception {
    hold("T", v4(1), 500);
    kernel.failing.put("T", 1);

    assertThat(writeT().applied()).isEqualTo(1);
  }

  /** All tables behind it were left unwritten. */
  @Test
  void aTableThatCannotBeReadIsNamedAndKeepsNoOtherFromBeingWritten() throws Exception {
    kernel.table("U");
    hold("T", v4(1), 500);
    hold("U", v4(2), 500);
    kernel.failing.put("T", 2);

    assertThatThrownBy(this::write)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table T cannot be written")
        .hasMessageContaining("Input/output error");
    assertThat(kernel.rows("U")).containsKey(v4(2));
  }

  @Test
  void aStockKernelIsGivenEachEntryOnceOldestFirst() throws Exception {
    hold("T", v4(2), 3000, 2000, 1000);
    hold("T", v4(1), 500);
    hold("T", v6(3), 60_000);

    ScopeReport report = writeT();

    assertThat(commands())
        .containsExactly("+fd00:0000:0000:0000:0000:0000:0000:0003", "+10.0.0.2", "+10.0.0.1");
    assertThat(report.applied()).isEqualTo(3);
    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).anyMatch(note -> note.contains("keeps no ages"));
    assertThat(report.notes()).anyMatch(note -> note.contains("no policy says how long"));
  }

  @Test
  void aSecondWriteChangesNothing() throws Exception {
    hold("T", v4(1), 5000);
    hold("T", v6(1), 5000);
    writeT();
    ScopeReport again = writeT();

    assertThat(commands()).isEmpty();
    assertThat(again.unchanged()).isEqualTo(2);
    assertThat(again.applied()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STOCK", "RESTORE"})
  void aRowOfOursGoesWithItsEntryUnlessAPacketCameSince(Command command) throws Exception {
    kernel(command, List.of());
    RecentEntry gone = hold("T", v4(1), 5000);
    RecentEntry seenHere = hold("T", v4(2), 5000);
    hold("T", v4(3), 5000);
    writeT();
    kernel.packet("T", v4(2), 0);
    kernel.packet("T", v4(4), FakeKernel.HZ);
    cluster.apply(new Mutation.Delete(gone.key()));
    cluster.apply(new Mutation.Delete(seenHere.key()));

    ScopeReport report = writeT();

    assertThat(commands()).containsExactly("-10.0.0.1");
    assertThat(report.removed()).isEqualTo(1);
    assertThat(report.extra()).as("seen by packets here").isEqualTo(2);
    assertThat(report.unchanged()).isEqualTo(1);
    assertThat(report.notes()).anyMatch(note -> note.contains("no more"));
    assertThat(writeT().removed()).isZero();
  }

  @Test
  void aRoutineWriteOfOneTableKeepsTheWarningsOfTheOthers() throws Exception {
    hold("T", v4(1), 5000);
    hold("NoRule", v4(1), 5000);
    write();
    assertThat(sink.warnings()).extracting(w -> w.code()).containsExactly("table-missing");

    sink.write(
        new WriteOrder(
            cluster.table(), Set.of(Scope.table("T")), false, false, WriteOrder.Fence.NONE, true));
    assertThat(sink.warnings()).extracting(w -> w.code()).containsExactly("table-missing");

    kernel.table("NoRule");
    write();
    assertThat(sink.warnings()).isEmpty();
  }

  @Test
  void anOlderRowIsWrittenAndANewerOneStays() throws Exception {
    hold("T", v4(1), 5000);
    hold("T", v4(2), 5000);
    kernel.packet("T", v4(1), 10 * FakeKernel.HZ);
    kernel.packet("T", v4(2), FakeKernel.HZ);

    ScopeReport report = writeT();

    assertThat(commands()).containsExactly("+10.0.0.1");
    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.unchanged()).isEqualTo(1);
  }

  @Test
  @Tag("long")
  void aHundredThousandEntriesGoInBatchesAndAreReadBack() throws Exception {
    int many = 100_000;
    Files.writeString(module.resolve("parameters/ip_list_tot"), many + "\n");
    kernel(Command.RESTORE, List.of());
    kernel.room = many;
    AtomicInteger writes = new AtomicInteger();
    kernel.afterWrite = (table, text) -> writes.addAndGet(table.equals("T") ? 1 : 0);
    for (int i = 0; i < many; i++) {
      hold("T", v4(i), 1_000_000L - 5 * i, 999_000L - 5 * i);
    }

    ScopeReport report = writeT();

    assertThat(report.applied()).isEqualTo(many);
    assertThat(report.complete()).isTrue();
    // 41 bytes an entry, a mebibyte a write.
    assertThat(writes.get()).isLessThan(10);
    assertThat(writeT().unchanged()).isEqualTo(many);
  }

  /** The leader's clock was known only after the first write: what was written was too young. */
  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STOCK", "RESTORE"})
  void aRowOfOursThatIsYoungerThanItsEntryIsWrittenAgainUnlessAPacketCame(Command command)
      throws Exception {
    kernel(command, List.of());
    for (int i = 1; i <= 2; i++) {
      hold("T", v4(i), 5000);
    }
    writeT();
    kernel.packet("T", v4(2), 0);
    for (int i = 1; i <= 2; i++) {
      hold("T", v4(i), 35_000);
    }

    ScopeReport report = writeT();

    boolean keepsAges = command == Command.RESTORE;
    assertThat(commands()).hasSize(keepsAges ? 1 : 0);
    assertThat(report.applied()).isEqualTo(keepsAges ? 1 : 0);
    assertThat(report.unchanged()).isEqualTo(keepsAges ? 1 : 2);
    assertThat(report.complete()).isTrue();
    writeT();
    assertThat(commands()).isEmpty();
  }

  @Test
  void hitsAreReplayedOnlyWhereAPolicySaysSo() throws Exception {
    kernel(
        Command.STOCK, List.of(new TablePolicy("T*", Optional.empty(), TablePolicy.Hits.REPLAY)));
    hold("T", v4(1), 3000, 2000, 1000);

    assertThat(writeT().applied()).isEqualTo(1);
    assertThat(commands()).containsExactly("+10.0.0.1", "+10.0.0.1", "+10.0.0.1");
  }

  @Test
  void whatOutlivedTheKnownPersistenceIsRefused() throws Exception {
    kernel(
        Command.STOCK,
        List.of(
            new TablePolicy("T", Optional.of(Duration.ofMinutes(1)), TablePolicy.Hits.PRESENCE)));
    hold("T", v4(1), 59_000);
    hold("T", v4(2), 61_000);

    ScopeReport report = writeT();

    assertThat(commands()).containsExactly("+10.0.0.1");
    assertThat(report.reasons()).containsEntry(Reason.EXPIRED, 1L);
  }

  @Test
  void ofSiblingsTheOneThatSawTheClientLastGetsIt() throws Exception {
    kernel.table("_web_0x200_sessions");
    kernel.table("_web_0x201_sessions");
    kernel.table("_mail_0x200_sessions");
    hold("_web_0x200_sessions", v4(1), 9000);
    hold("_web_0x201_sessions", v4(1), 1000);
    hold("_mail_0x200_sessions", v4(1), 20_000);

    List<ScopeReport> reports = write();

    assertThat(kernel.rows("_web_0x200_sessions")).isEmpty();
    assertThat(kernel.rows("_web_0x201_sessions")).hasSize(1);
    assertThat(kernel.rows("_mail_0x200_sessions")).hasSize(1);
    assertThat(reports).allMatch(ScopeReport::complete);
    assertThat(reports).anyMatch(r -> r.notes().stream().anyMatch(n -> n.contains("sibling")));

    hold("_web_0x200_sessions", v4(1), 0);
    tables.clock().moment();
    write();
    assertThat(kernel.rows("_web_0x200_sessions")).hasSize(1);
    assertThat(kernel.rows("_web_0x201_sessions"))
        .as("what an earlier write left at the old backend")
        .isEmpty();
  }

  @Test
  void missingTablesAreNamed() throws Exception {
    hold("gone", v4(1), 1000);
    hold("gone", v4(2), 1000);

    ScopeReport report = write().get(1);

    assertThat(report.scope()).isEqualTo(Scope.table("gone"));
    assertThat(report.reasons()).containsEntry(Reason.TABLE_MISSING, 2L);
    assertThat(report.examples()).containsExactly("table-missing: no rule names table gone");
    assertThat(sink.warnings()).extracting("code").containsExactly("table-missing");
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STOCK", "RESTORE"})
  void ofMoreThanTheTableHoldsTheNewestAreWrittenOldestFirst(Command command) throws Exception {
    kernel(command, List.of());
    for (int i = 0; i < 150; i++) {
      hold("T", v4(i), 200_000 - 1000L * i);
    }

    ScopeReport report = writeT();

    assertThat(report.applied()).isEqualTo(100);
    assertThat(report.reasons()).containsEntry(Reason.TABLE_FULL, 50L);
    assertThat(kernel.rows("T").keySet())
        .containsExactlyElementsOf(LongStream.range(50, 150).mapToObj(i -> v4((int) i)).toList());
    assertThat(report.notes()).anyMatch(n -> n.contains("150") && n.contains("ip_list_tot is 100"));
    assertThat(sink.warnings()).extracting("code").contains("table-limit");
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STOCK", "RESTORE"})
  void defect6ATableFullOfOldRowsIsNeverFlushedButGivesWayRowByRow(Command command)
      throws Exception {
    kernel(command, List.of());
    for (int i = 0; i < 100; i++) {
      kernel.packet("T", v4(1000 + i), 100L * FakeKernel.HZ - i);
    }
    kernel.packet("T", v4(1099), 1);
    for (int i = 0; i < 30; i++) {
      hold("T", v4(i), 1000);
    }
    kernel.afterWrite =
        (table, text) -> assertThat(kernel.rows("T").size()).isGreaterThanOrEqualTo(99);

    ScopeReport report = writeT();

    assertThat(commands()).doesNotContain("/");
    assertThat(report.applied()).isEqualTo(30);
    assertThat(report.removed()).isEqualTo(30);
    assertThat(report.extra()).isEqualTo(70);
    assertThat(kernel.rows("T")).hasSize(100).containsKey(v4(1099)).doesNotContainKey(v4(1000));
  }

  @Test
  void rowsUnknownToTheClusterStay() throws Exception {
    kernel.packet("T", v4(9), 1000);
    hold("T", v4(1), 1000);

    ScopeReport report = writeT();

    assertThat(report.extra()).isEqualTo(1);
    assertThat(report.removed()).isZero();
    assertThat(kernel.rows("T")).hasSize(2);
  }

  @Test
  void theRestoreCommandKeepsEverything() throws Exception {
    kernel(Command.RESTORE, List.of());
    hold("T", v4(1), 90_000, 60_000, 30_000);
    hold("T", v6(2), 86_400_000);

    ScopeReport report = writeT();

    assertThat(report.applied()).isEqualTo(2);
    assertThat(report.notes()).isEmpty();
    FakeKernel.Row row = kernel.rows("T").get(v4(1));
    assertThat(row.ttl).isEqualTo(63);
    long age = System.currentTimeMillis() - now + 30_000;
    long expected = kernel.jiffies() - age * FakeKernel.HZ / 1000;
    assertThat(row.stamps.get(2)).isBetween(expected - 5, expected + 5);
    assertThat(row.stamps.get(2) - row.stamps.get(1))
        .isBetween(30L * FakeKernel.HZ - 1, 30L * FakeKernel.HZ + 1);
    assertThat(writeT().unchanged()).isEqualTo(2);
  }

  @Test
  void defect7AShortWriteIsGoneOnWith() throws Exception {
    kernel(Command.RESTORE, List.of());
    kernel.linesPerWrite = 7;
    for (int i = 0; i < 50; i++) {
      hold("T", v4(i), 1000 + i);
    }

    assertThat(writeT().applied()).isEqualTo(50);
    assertThat(kernel.rows("T")).hasSize(50);
  }

  @Test
  void aLineThatTheKernelRefusesIsReportedAndTheOthersGoIn() throws Exception {
    kernel(Command.RESTORE, List.of());
    for (int i = 0; i < 50; i++) {
      hold("T", v4(i), 1000 + i);
    }
    kernel.refused = v4(20);

    ScopeReport report = writeT();

    assertThat(report.applied()).isEqualTo(49);
    assertThat(report.mismatched()).isEqualTo(1);
    assertThat(report.examples()).first().asString().contains("Invalid argument");
    assertThat(kernel.rows("T")).hasSize(49);
  }

  @Test
  void aRingShorterThanTheEntryKeepsTheNewest() throws Exception {
    kernel(Command.RESTORE, List.of());
    kernel.ring = 4;
    hold("T", v4(1), LongStream.range(0, 10).map(i -> 10_000 - i * 1000).toArray());

    ScopeReport report = writeT();

    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.notes()).anyMatch(note -> note.contains("more hits than"));
  }

  @Test
  void packetsDuringAWriteAreNoMismatch() throws Exception {
    kernel(Command.RESTORE, List.of());
    hold("T", v4(1), 2000, 1000);
    kernel.afterWrite =
        (table, text) -> {
          if (table.equals("T")) {
            kernel.packet("T", v4(1), 0);
          }
        };

    assertThat(writeT().applied()).isEqualTo(1);
    assertThat(kernel.rows("T").get(v4(1)).stamps).hasSize(3);
    assertThat(tables.table("T").known(v4(1)).stamps())
        .as("the packet is news for the source")
        .isEqualTo(2);
  }

  @Test
  void anEntryThatIsNotThereAfterwardsIsAMismatch() throws Exception {
    hold("T", v4(1), 1000);
    kernel.afterWrite = (table, text) -> kernel.rows("T").clear();

    ScopeReport report = writeT();

    assertThat(report.applied()).isZero();
    assertThat(report.mismatched()).isEqualTo(1);
  }

  @Test
  void theOlderRestoreCommandIsFoundByTryingIt() throws Exception {
    kernel(Command.LEGACY, List.of());
    hold("T", v4(1), 3000, 1000);
    hold("T", v4(2), 3000, 2000);
    hold("T", v6(3), 3000);
    kernel.packet("T", v4(2), 60L * FakeKernel.HZ);

    ScopeReport report = writeT();

    assertThat(report.applied() + report.unchanged()).isEqualTo(3);
    assertThat(report.mismatched()).isZero();
    assertThat(commands()).filteredOn(c -> c.startsWith("+")).hasSize(1);
    assertThat(commands()).contains("-10.0.0.2");
    assertThat(kernel.rows("T").get(v4(2)).stamps).hasSize(2);
    assertThat(report.notes()).anyMatch(note -> note.contains("older restore command"));
  }

  @Test
  void aDryRunWritesNothing() throws Exception {
    hold("T", v4(1), 1000);
    kernel.packet("T", v4(2), 7);

    ScopeReport report = write(true).get(0);

    assertThat(commands()).isEmpty();
    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.extra()).isEqualTo(1);
    assertThat(kernel.rows("T")).hasSize(1);
  }

  @Test
  void aFenceThatFallsEndsTheWrite() throws Exception {
    Files.writeString(module.resolve("parameters/ip_list_tot"), "5000\n");
    kernel.room = 5000;
    for (int i = 0; i < 2000; i++) {
      hold("T", v4(i), 1000);
    }
    AtomicInteger asked = new AtomicInteger();
    WriteOrder order =
        new WriteOrder(cluster.table(), Set.of(), false, false, () -> asked.incrementAndGet() < 3);

    assertThatThrownBy(() -> sink.write(order))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("after 1024 of 2000 entries of T")
        .hasMessageContaining(order.fence().why());
    assertThat(kernel.rows("T")).hasSize(1024);
  }

  @Test
  void onlyWhatIsOrderedIsWritten() throws Exception {
    kernel.table("U");
    hold("T", v4(1), 1000);
    hold("U", v4(1), 1000);

    List<ScopeReport> reports =
        sink.write(
            new WriteOrder(
                cluster.table(), Set.of(Scope.table("U")), false, false, WriteOrder.Fence.NONE));

    assertThat(reports).hasSize(1);
    assertThat(kernel.rows("T")).isEmpty();
    assertThat(kernel.rows("U")).hasSize(1);
  }

  @Test
  void withoutAClockPresenceAloneIsWrittenAndTheReportSaysWhy() throws Exception {
    RecentConfig config =
        RecentConfig.defaults().withModuleDir(module).withTimerList(module.resolve("none"));
    sink = new RecentSink(new KernelTables(config, kernel));
    hold("T", v4(1), 1000);
    hold("T", v4(2), 1000);
    kernel.packet("T", v4(2), 60L * FakeKernel.HZ);

    ScopeReport report =
        sink.write(
                new WriteOrder(
                    cluster.table(), Set.of(Scope.table("T")), false, false, WriteOrder.Fence.NONE))
            .get(0);

    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.unchanged()).isEqualTo(1);
    assertThat(report.notes()).anyMatch(note -> note.contains("jiffies cannot be translated"));
  }

  @Test
  void aTableThatWasMadeAnewIsNoticedOnceEachTime() throws Exception {
    EmptiedTables emptied = new EmptiedTables(tables);
    assertThat(emptied.find()).as("before a write").isEmpty();
    hold("T", v4(1), 1000);
    writeT();
    assertThat(emptied.find()).isEmpty();
    for (int i = 0; i < 2; i++) {
      kernel.drop("T");
      assertThat(emptied.find()).as("while it is gone").isEmpty();
      kernel.table("T");
      assertThat(emptied.find()).containsExactly(Scope.table("T"));
      assertThat(emptied.find()).as("told already").isEmpty();
      assertThat(writeT().applied()).isEqualTo(1);
      assertThat(emptied.find()).isEmpty();
    }
    sink.clear(Set.of(), name -> {});
    assertThat(emptied.find()).as("on an operator's word").isEmpty();
  }

  @Test
  void defect5NoJiffiesAreInTheCluster() throws Exception {
    RecentEntry entry = hold("T", v4(1), 1000);
    writeT();
    assertThat(cluster.table().records(Scope.table("T"))).containsExactly(entry);
    assertThat(entry.key().address()).isEqualTo(Bytes.of(new byte[] {10, 0, 0, 1}));
    assertThat(tables.clock().width()).isEqualTo(JiffiesWidth.ofThisKernel());
  }
}
