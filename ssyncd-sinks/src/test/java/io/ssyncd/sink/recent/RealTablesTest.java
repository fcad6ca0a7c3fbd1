package io.ssyncd.sink.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.TablePolicy;
import io.ssyncd.testkit.NetworkNamespace;
import io.ssyncd.testkit.TableIntake;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hosts' kernels: real tables, real rules and real packets, in namespaces of this test. */
class RealTablesTest {
  private static final String FIRST = "10.9.0.1";
  private static final String SECOND = "10.9.0.2";
  private static final String SIX = "fd00:9::1";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TableIntake cluster = new TableIntake();
  private NetworkNamespace leader;
  private NetworkNamespace follower;
  private RecentEndpoint leading;
  private RecentEndpoint following;
  private KernelTables leadersTables;

  @BeforeAll
  static void onlyRoot() {
    assumeTrue(NetworkNamespace.allowed(), "needs root for network namespaces");
  }

  @BeforeEach
  void start() throws Exception {
    leader = namespace();
    follower = namespace();
    leadersTables = new KernelTables(config(leader));
    leading = new RecentEndpoint(leadersTables);
    following = new RecentEndpoint(config(follower));
    open.add(leading::close);
    open.add(following::close);
  }

  private NetworkNamespace namespace() throws Exception {
    NetworkNamespace made = NetworkNamespace.create();
    open.add(made);
    for (String address : List.of(FIRST, SECOND, SIX)) {
      made.address(address);
    }
    made.recentTable("T", false);
    made.recentTable("T6", true);
    return made;
  }

  private static RecentConfig config(NetworkNamespace namespace) {
    return RecentConfig.defaults()
        .withProcDir(namespace.recentTables())
        .withInterval(Duration.ofMillis(50));
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static RecentKey key(String table, String address) throws Exception {
    return new RecentKey(table, Bytes.of(InetAddress.getByName(address).getAddress()));
  }

  private RecentEntry held(String table, String address) throws Exception {
    SessionRecord session = cluster.table().get(key(table, address));
    return (RecentEntry) session;
  }

  private void hold(String table, String address, long ageMs) throws Exception {
    long stamp = System.currentTimeMillis() - ageMs;
    cluster.apply(new Mutation.Put(new RecentEntry(key(table, address), 64, stamp)));
  }

  private static Path table(NetworkNamespace namespace, String table) {
    return namespace.recentTables().resolve(table);
  }

  private static List<String> rows(NetworkNamespace namespace, String table) throws Exception {
    return Files.readAllLines(table(namespace, table));
  }

  private ScopeReport write(RecentEndpoint to, String table) throws Exception {
    WriteOrder order =
        new WriteOrder(cluster.table(), Set.of(), false, false, WriteOrder.Fence.NONE);
    return to.sink().write(order).stream()
        .filter(report -> report.scope().equals(Scope.table(table)))
        .findFirst()
        .orElseThrow();
  }

  /** Two changes made one after the other have both been seen: so has what came before them. */
  private void lookedAt() throws Exception {
    for (int i = 0; i < 2; i++) {
      int before = cluster.offered().size();
      leader.packets(SECOND, 1);
      await().until(() -> cluster.offered().size() > before);
    }
  }

  @Test
  void aTableIsEmptyUntilItsFirstRow() throws Exception {
    assertThat(leadersTables.files().isEmpty("T")).isTrue();
    hold("T", FIRST, 1_000);
    assertThat(write(leading, "T").applied()).isEqualTo(1);
    assertThat(leadersTables.files().isEmpty("T")).isFalse();
  }

  /** Rows of both families, whoever wrote them; a table that no rule names is passed over. */
  @Test
  void whatAnOperatorPurgesAndClearsIsOutOfTheKernel() throws Exception {
    follower.packets(FIRST, 1);
    follower.packets(SECOND, 1);
    follower.packets(SIX, 1);
    await().until(() -> rows(follower, "T").size() + rows(follower, "T6").size() == 3);
    RecentSink sink = (RecentSink) following.sink();

    assertThat(sink.forget(Set.of(key("T", FIRST), key("T6", SIX), key("gone", FIRST))))
        .isEqualTo(2);
    assertThat(rows(follower, "T")).singleElement().asString().startsWith("src=" + SECOND + " ");
    assertThat(rows(follower, "T6")).isEmpty();

    assertThat(sink.clear(Set.of(), name -> {}))
        .containsEntry(Scope.table("T"), 1)
        .containsEntry(Scope.table("T6"), 0);
    assertThat(rows(follower, "T")).isEmpty();
  }

  @Test
  void defect4And5EveryRowOfBothFamiliesInWallClockTime() throws Exception {
    leading.source().start(cluster);
    long before = System.currentTimeMillis();
    leader.packets(FIRST, 3);
    leader.packets(SIX, 2);
    leader.packets(SECOND, 1);

    await().until(() -> held("T", SECOND) != null && held("T6", SIX) != null);
    await().until(() -> held("T", FIRST).stamps() == 3 && held("T6", SIX).stamps() == 2);
    assertThat(held("T", FIRST).ttl()).isEqualTo(64);
    for (RecentEntry entry : List.of(held("T", FIRST), held("T6", SIX))) {
      assertThat(entry.stampMs(0)).isBetween(before - 20, System.currentTimeMillis());
      assertThat(entry.lastSeenMs()).isBetween(entry.stampMs(0), System.currentTimeMillis());
    }
  }

  private RecentConfig masked(Optional<String> scratch) {
    RecentConfig config = config(leader).withTimerList(Path.of("/proc/none"));
    return scratch.map(config::withScratchTable).orElse(config);
  }

  private RecentEndpoint open(KernelTables tables) {
    RecentEndpoint made = new RecentEndpoint(tables);
    open.add(made::close);
    return made;
  }

  @Test
  void whereTimersCannotBeReadATableOfItsOwnTellsTheTime() throws Exception {
    leader.recentTable("scratch", false);
    KernelTables tables = new KernelTables(masked(Optional.of("scratch")));
    RecentEndpoint endpoint = open(tables);
    long before = System.currentTimeMillis();
    leader.packets(FIRST, 1);
    long after = System.currentTimeMillis();
    endpoint.source().start(cluster);
    // 50 writes and as many looks tell it: long, where others keep the processors busy.
    await().atMost(Duration.ofMinutes(1)).until(() -> held("T", FIRST) != null);

    long slack =
        tables.clock().moment().tickMs()
            + 1
            + tables.clock().errorNanos().orElseThrow() / 1_000_000;
    assertThat(held("T", FIRST).lastSeenMs()).isBetween(before - slack, after + slack);
    assertThat(cluster.table().counts()).doesNotContainKey(Scope.table("scratch"));
    assertThat(endpoint.figures())
        .filteredOn(figure -> figure.name().equals("jiffies_error_seconds"))
        .singleElement()
        .satisfies(figure -> assertThat(figure.value()).isBetween(0.0, 0.01));
  }

  @Test
  void whereNothingTellsTheTimeThatIsSaidAndNothingIsReported() throws Exception {
    RecentEndpoint endpoint = open(new KernelTables(masked(Optional.empty())));
    leader.packets(FIRST, 1);
    endpoint.source().start(cluster);

    await().until(() -> !endpoint.source().status().warnings().isEmpty());
    assertThat(endpoint.source().status().warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo("jiffies-clock");
              assertThat(warning.text()).contains("/proc/none").contains("no scratch table");
            });
    assertThat(cluster.offered()).isEmpty();
  }

  @Test
  void defect14AFullTurnOfTheKernelsRingIsSeen() throws Exception {
    leader.packets(FIRST, 40);
    leading.source().start(cluster);
    await().until(() -> held("T", FIRST) != null && held("T", FIRST).stamps() == 32);
    RecentEntry before = held("T", FIRST);
    String row = rows(leader, "T").get(0);
    String index = row.replaceAll(".*oldest_pkt: (\\d+) .*", "$1");

    leader.packets(FIRST, 32);
    assertThat(rows(leader, "T").get(0)).contains("oldest_pkt: " + index + " ");
    await().until(() -> held("T", FIRST).stampMs(0) > before.lastSeenMs());
    assertThat(held("T", FIRST).stamps()).isEqualTo(32);
  }

  @Test
  void whatTheLeaderSawIsPresentOnTheFollowerAfterAWrite() throws Exception {
    leading.source().start(cluster);
    leader.packets(FIRST, 3);
    leader.packets(SIX, 2);
    await().until(() -> held("T", FIRST) != null && held("T", FIRST).stamps() == 3);
    await().until(() -> held("T6", SIX) != null && held("T6", SIX).stamps() == 2);
    leading.source().stop();
    RecentEntry before = held("T", FIRST);
    cluster.forget();

    ScopeReport report = write(following, "T");

    assertThat(report.applied()).isEqualTo(1);
    assertThat(rows(follower, "T")).hasSize(1).first().asString().startsWith("src=10.9.0.1 ttl: 0");
    assertThat(rows(follower, "T6")).hasSize(1).first().asString().startsWith("src=fd00:0009:");
    assertThat(report.notes()).anyMatch(note -> note.contains("keeps no ages"));

    // Promoted: its own writes are no news, the ages stay in the cluster, and new hits are added.
    following.source().start(cluster);
    follower.packets(SECOND, 1);
    await().until(() -> held("T", SECOND) != null);
    assertThat(cluster.offered()).hasSize(1);
    assertThat(held("T", FIRST)).isEqualTo(before);
    follower.packets(FIRST, 1);
    await().until(() -> held("T", FIRST).stamps() == 4);
    assertThat(held("T", FIRST).stampMs(0)).isEqualTo(before.stampMs(0));
    assertThat(held("T", FIRST).lastSeenMs()).isGreaterThan(before.lastSeenMs());
  }

  @Test
  void writesIntoALeaderThatIngestsAreNoNews() throws Exception {
    leader.packets(FIRST, 1);
    leading.source().start(cluster);
    await().until(() -> held("T", FIRST) != null);
    hold("T", "10.8.0.1", 5000);
    cluster.forget();

    assertThat(write(leading, "T").applied()).isEqualTo(1);
    lookedAt();

    assertThat(cluster.offered()).allMatch(mutation -> put(mutation, SECOND));
    assertThat(rows(leader, "T")).hasSize(3);
  }

  private static boolean put(Mutation mutation, String address) {
    return mutation instanceof Mutation.Put put
        && put.session() instanceof RecentEntry entry
        && entry.key().addressText().equals(address);
  }

  @Test
  void anEntryIsTakenOutWhenItsOwnTimeIsOver() throws Exception {
    Duration persistence = Duration.ofSeconds(3);
    RecentEndpoint limited =
        new RecentEndpoint(
            config(follower)
                .withPolicies(
                    List.of(
                        new TablePolicy(
                            "T", Optional.of(persistence), TablePolicy.Hits.PRESENCE))));
    open.add(limited::close);
    hold("T", "10.8.0.1", 1000);
    hold("T", FIRST, 1000);
    long ends = held("T", FIRST).lastSeenMs() + persistence.toMillis();

    assertThat(write(limited, "T").notes()).anyMatch(note -> note.contains("taken out again 3 s"));
    follower.packets(FIRST, 1);
    await().until(() -> rows(follower, "T").size() == 1);

    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(ends);
    assertThat(rows(follower, "T")).first().asString().startsWith("src=" + FIRST + " ttl: 64 ");
    await().until(() -> limited.queues().get(0).depth() == 0);
    assertThat(rows(follower, "T")).hasSize(1);
  }

  @Test
  void ofMoreThanATableHoldsTheNewestAreKept() throws Exception {
    int room = leadersTables.module().room();
    for (int i = 0; i < room + 20; i++) {
      hold("T", "10.7." + i / 250 + "." + i % 250, 1_000_000 - 1000L * i);
    }

    ScopeReport report = write(following, "T");

    assertThat(report.applied()).isEqualTo(room);
    assertThat(report.reasons()).containsEntry(Reason.TABLE_FULL, 20L);
    assertThat(report.notes()).anyMatch(note -> note.contains("ip_list_tot is " + room));
    assertThat(rows(follower, "T"))
        .hasSize(room)
        .noneMatch(row -> row.startsWith("src=10.7.0.19 "));
  }

  @Test
  void defect6AFullTableIsNotEmptiedOnTheWay() throws Exception {
    int room = leadersTables.module().room();
    StringBuilder fill = new StringBuilder();
    for (int i = 0; i < room; i++) {
      fill.append("echo +10.6.").append(i / 250).append('.').append(i % 250).append(" > ");
      fill.append(table(follower, "T")).append('\n');
    }
    follower.run("bash", "-c", fill.toString());
    hold("T", "10.7.0.1", -5);
    hold("gone", "10.7.0.1", 5000);

    ScopeReport report = write(following, "T");

    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.removed()).isEqualTo(1);
    assertThat(rows(follower, "T")).hasSize(room);
    ScopeReport gone = write(following, "gone");
    assertThat(gone.reasons()).containsEntry(Reason.TABLE_MISSING, 1L);
    assertThat(gone.examples()).first().asString().contains("no rule names table gone");
  }

  @Test
  void anEmptiedTableIsWrittenBackAndDeletesNothing() throws Exception {
    leader.packets(FIRST, 2);
    leader.packets(SECOND, 2);
    leading.source().start(cluster);
    await().until(() -> held("T", FIRST) != null && held("T", SECOND) != null);
    cluster.forget();

    leader.run("bash", "-c", "echo / > " + table(leader, "T"));
    await().until(() -> cluster.replacements() == 1);
    leading.source().stop();
    write(leading, "T");
    leading.source().start(cluster);
    lookedAt();

    assertThat(rows(leader, "T")).hasSize(2);
    assertThat(cluster.offered()).noneMatch(mutation -> mutation instanceof Mutation.Delete);
    assertThat(held("T", FIRST).stamps()).isEqualTo(2);
  }

  @Test
  void aRuleThatIsTakenAwayAndPutBackLosesNothing() throws Exception {
    leader.packets(FIRST, 1);
    leading.source().start(cluster);
    await().until(() -> held("T", FIRST) != null);

    leader.dropRecentTable("T", false);
    await()
        .until(
            () ->
                leading.source().status().warnings().stream()
                    .anyMatch(w -> w.code().equals("table-missing") && w.text().contains(" T;")));
    assertThat(write(leading, "T").reasons()).containsEntry(Reason.TABLE_MISSING, 1L);
    leader.recentTable("T", false);
    await().until(() -> cluster.replacements() == 1);
    leading.source().stop();

    assertThat(write(leading, "T").applied()).isEqualTo(1);
    assertThat(held("T", FIRST)).isNotNull();
  }

  @Test
  void anEntryThatIsRemovedByHandIsDeleted() throws Exception {
    leader.packets(FIRST, 1);
    leader.packets(SECOND, 1);
    leading.source().start(cluster);
    await().until(() -> held("T", FIRST) != null && held("T", SECOND) != null);

    leader.run("bash", "-c", "echo -" + FIRST + " > " + table(leader, "T"));
    await().until(() -> held("T", FIRST) == null);
    assertThat(held("T", SECOND)).isNotNull();
    assertThat(cluster.replacements()).isZero();
  }
}
