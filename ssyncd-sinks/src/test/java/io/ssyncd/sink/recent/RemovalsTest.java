package io.ssyncd.sink.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.HostClock;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.source.recent.JiffiesClock;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock kernel takes entries for seen when they were written: they go when their time is over.
 */
class RemovalsTest {
  private static final long PERSISTENCE_MS = 600_000;
  private static final RecentAddress A = v4(1);
  private static final RecentAddress B = v4(2);

  private final TableIntake cluster = new TableIntake();
  private final Instant begin = Instant.now();
  private final FakeKernel kernel = new FakeKernel(Command.STOCK);
  @TempDir private Path module;
  private volatile long laterMs;
  private RecentSink sink;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectory(module.resolve("parameters"));
    Files.writeString(module.resolve("parameters/ip_list_tot"), "2000\n");
    kernel.room = 2000;
    kernel.table("ssyncd");
    kernel.table("T");
    sink = life("T");
  }

  @AfterEach
  void end() {
    sink.close();
  }

  /** A life of the node, which knows nothing of the rows that are there. */
  private RecentSink life(String tablesWithPolicy) {
    RecentConfig config =
        RecentConfig.defaults()
            .withModuleDir(module)
            .withTimerList(module.resolve("none"))
            .withScratchTable("ssyncd")
            .withPolicies(
                List.of(
                    new TablePolicy(
                        tablesWithPolicy,
                        Optional.of(Duration.ofMillis(PERSISTENCE_MS)),
                        TablePolicy.Hits.PRESENCE)));
    return new RecentSink(
        new KernelTables(
            config,
            kernel,
            JiffiesClock.of(config, kernel, JiffiesWidth.BITS_64),
            HostClock.steady(() -> begin.toEpochMilli() + laterMs)));
  }

  private static RecentAddress v4(int host) {
    return new RecentAddress(false, 0, 0x0A00_0000L + host);
  }

  /** The cluster holds an entry whose own time is over so many milliseconds after the begin. */
  private void hold(RecentAddress address, long endsMs) {
    long stamp = begin.toEpochMilli() + endsMs - PERSISTENCE_MS;
    RecentKey key = new RecentKey("T", address.toBytes());
    cluster.apply(new Mutation.Put(new RecentEntry(key, 63, stamp)));
  }

  private ScopeReport write() throws Exception {
    return write(WriteOrder.Fence.NONE);
  }

  private ScopeReport write(WriteOrder.Fence fence) throws Exception {
    return sink.write(
            new WriteOrder(cluster.table(), Set.of(Scope.table("T")), false, false, fence))
        .get(0);
  }

  private Set<RecentAddress> rowsAt(long ms) throws Exception {
    laterMs = ms;
    sink.removals().sweep();
    return Set.copyOf(kernel.rows("T").keySet());
  }

  @Test
  void anEntryGoesWhenItsOwnTimeIsOverAndNotOneLater() throws Exception {
    hold(A, 5000);
    hold(B, 9000);

    ScopeReport report = write();

    assertThat(report.applied()).isEqualTo(2);
    assertThat(report.notes())
        .anyMatch(note -> note.startsWith("2 entries") && note.contains("taken out again 600 s"));
    assertThat(sink.removalsWaiting().depth()).isEqualTo(2);
    assertThat(rowsAt(4999)).containsExactlyInAnyOrder(A, B);
    assertThat(rowsAt(5000)).containsExactly(B);
    assertThat(sink.removalsWaiting().depth()).isEqualTo(1);
    assertThat(rowsAt(9000)).isEmpty();
    assertThat(kernel.commands).contains("-10.0.0.1", "-10.0.0.2").doesNotContain("/");
  }

  @Test
  void aSecondWriteGivesAnEntryNoMoreTime() throws Exception {
    hold(A, 5000);
    write();
    laterMs = 3000;
    assertThat(write().unchanged()).isEqualTo(1);

    assertThat(rowsAt(4999)).containsExactly(A);
    assertThat(rowsAt(5000)).isEmpty();
  }

  @Test
  void aTableThatVanishedAndCameBackGivesAnEntryNoMoreTime() throws Exception {
    hold(A, 5000);
    write();
    kernel.drop("T");
    laterMs = 1000;
    sink.removals().sweep();
    kernel.table("T");
    assertThat(write().applied()).isEqualTo(1);

    assertThat(rowsAt(4999)).containsExactly(A);
    assertThat(rowsAt(5000)).isEmpty();
  }

  @Test
  void whatIsDueInATableThatIsGoneIsDone() throws Exception {
    hold(A, 5000);
    write();
    kernel.drop("T");
    laterMs = 5000;
    sink.removals().sweep();

    assertThat(sink.removalsWaiting().depth()).isZero();
    assertThat(sink.warnings()).isEmpty();
  }

  @Test
  void aRowThatPacketsRefreshedStays() throws Exception {
    hold(A, 5000);
    hold(B, 5000);
    write();
    kernel.packet("T", A, -5);

    assertThat(rowsAt(5000)).containsExactly(A);
    assertThat(rowsAt(50_000)).containsExactly(A);
    assertThat(sink.removalsWaiting().depth()).isZero();
  }

  @Test
  void aClientThatTheClusterHasHeardOfSinceKeepsItsNewTime() throws Exception {
    hold(A, 5000);
    write();
    hold(A, 8000);

    assertThat(rowsAt(5000)).containsExactly(A);
    assertThat(rowsAt(8000)).isEmpty();
  }

  @Test
  void anEntryThatTheClusterHasForgottenGoesAtItsTime() throws Exception {
    hold(A, 5000);
    write();
    cluster.apply(new Mutation.Delete(new RecentKey("T", A.toBytes())));

    assertThat(rowsAt(4999)).containsExactly(A);
    assertThat(rowsAt(5000)).isEmpty();
  }

  @Test
  void whatWentInBeforeAFenceFellIsTakenOutAsWell() throws Exception {
    for (int i = 0; i < StockWriter.CHUNK + 10; i++) {
      hold(v4(i), 5000);
    }
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(() -> write(() -> asked.incrementAndGet() == 1))
        .isInstanceOf(FencedException.class);

    assertThat(kernel.rows("T")).hasSize(StockWriter.CHUNK);
    assertThat(rowsAt(5000)).isEmpty();
  }

  @Test
  void rowsOfAnEarlierLifeJoinAtTheNextWrite() throws Exception {
    hold(A, 5000);
    write();
    sink.close();
    sink = life("T");
    kernel.packet("T", B, 0);

    assertThat(write().unchanged()).isEqualTo(1);

    assertThat(rowsAt(4999)).containsExactlyInAnyOrder(A, B);
    assertThat(rowsAt(5000)).containsExactly(B);
  }

  @Test
  void rowsOfAnEarlierLifeWhoseTimeIsOverGoAtTheNextWrite() throws Exception {
    hold(A, 5000);
    hold(B, 5000);
    write();
    kernel.packet("T", B, -5);
    sink.close();
    sink = life("T");
    laterMs = 5000;

    ScopeReport report = write();

    assertThat(kernel.rows("T")).containsOnlyKeys(B);
    assertThat(report.removed()).isEqualTo(1);
    assertThat(report.refused()).isZero();
    assertThat(report.notes()).anyMatch(note -> note.contains("their time is over"));
  }

  @Test
  void withoutAPolicyNothingIsTakenOut() throws Exception {
    sink = life("other");
    hold(A, 5000);
    ScopeReport report = write();

    assertThat(report.notes()).noneMatch(note -> note.contains("taken out"));
    assertThat(rowsAt(50_000)).containsExactly(A);
  }
}
