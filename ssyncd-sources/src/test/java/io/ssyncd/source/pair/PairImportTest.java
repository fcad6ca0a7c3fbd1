package io.ssyncd.source.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.testkit.TableIntake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairImportTest {
  private static final long T0 = 1_795_230_000_000L;
  private static final int HZ = 250;

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong(T0);
  private final TableIntake cluster = new TableIntake();
  private @Nullable FarmConfig config;
  private PairImport taking;

  @BeforeEach
  void begin() {
    ImportOptions options =
        ImportOptions.of(farm -> Optional.ofNullable(config))
            .withDeleteHold(Duration.ofSeconds(60));
    taking = new PairImport(cluster, () -> false, options, HostClock.steady(now::get));
    taking.connected();
  }

  private static HttpSession session(int service, String key, long atMs) {
    return new HttpSession(
        new HttpKey("f1", 0, service, Bytes.utf8(key)), 1, Bytes.utf8("10.0.0.1"), atMs);
  }

  private void add(int service, String key, long atMs) throws ImportOverException {
    taking.take(new PairFrame.Session(session(service, key, atMs), true), false);
  }

  private void gone(int service, String key) throws ImportOverException {
    taking.take(new PairFrame.SessionGone(session(service, key, 0).key()), true);
  }

  private int sessions() {
    return cluster.table().count(Kind.HTTP);
  }

  private ImportReport.Counts http() {
    return taking.counts().get(Kind.HTTP);
  }

  private ImportReport.Counts recent() {
    return taking.counts().get(Kind.RECENT);
  }

  private void later(Duration time) throws ImportOverException {
    now.addAndGet(time.toMillis());
    taking.tick();
  }

  @Test
  void anOldMasterThatLosesItsPoundDoesNotEmptyTheCluster() throws Exception {
    for (int i = 0; i < 10; i++) {
      add(0, "k" + i, T0);
    }
    taking.take(new PairFrame.FarmCleared("f1"), true);
    assertThat(sessions()).isEqualTo(10);
    assertThat(taking.clears()).isEqualTo(1);
  }

  @Test
  void aDeletionWaitsAndIsVoidWhenTheSessionComesBack() throws Exception {
    add(0, "a", T0);
    add(0, "b", T0);
    add(0, "c", T0);
    gone(0, "a");
    gone(0, "b");
    assertThat(http().held()).isEqualTo(2);
    later(Duration.ofSeconds(30));
    assertThat(sessions()).isEqualTo(3);
    add(0, "b", T0 + 30_000);
    later(Duration.ofSeconds(31));
    assertThat(sessions()).isEqualTo(2);
    assertThat(http().removed()).isEqualTo(1);
    assertThat(http().kept()).isEqualTo(1);
    assertThat(taking.taken().counts()).containsEntry(Scope.farm("f1"), 2);
  }

  @Test
  void aServiceThatLosesAllItsSessionsKeepsThem() throws Exception {
    for (int i = 0; i < 5; i++) {
      add(0, "k" + i, T0);
      add(1, "k" + i, T0);
    }
    for (int i = 0; i < 5; i++) {
      gone(1, "k" + i);
    }
    later(Duration.ofSeconds(61));
    assertThat(sessions()).isEqualTo(10);
    assertThat(http().kept()).isEqualTo(5);
  }

  @Test
  void whatAnOldMasterDeletedJustBeforeItWasLostStays() throws Exception {
    add(0, "a", T0);
    add(0, "b", T0);
    gone(0, "a");
    taking.disconnected();
    later(Duration.ofMinutes(2));
    assertThat(sessions()).isEqualTo(2);
    assertThat(http().kept()).isEqualTo(1);
  }

  @Test
  void aDeletionAtItsTimeIsMadeAtOnce() throws Exception {
    config = farm(1, 1);
    add(0, "a", T0);
    add(0, "b", T0);
    now.addAndGet(Duration.ofSeconds(302).toMillis());
    gone(0, "a");
    assertThat(sessions()).isEqualTo(1);
  }

  @Test
  void aRecordThatComesAgainAfterABrokenConnectionCountsOnce() throws Exception {
    add(0, "a", T0);
    add(0, "b", T0);
    taking.disconnected();
    taking.connected();
    add(0, "a", T0);
    assertThat(taking.taken().counts()).containsEntry(Scope.farm("f1"), 2);
    assertThat(taking.taken().notSince(2)).isEqualTo(1);
    assertThat(http().added()).isEqualTo(2);
    assertThat(http().unchanged()).isEqualTo(1);
  }

  @Test
  void theNewerWinsAndUsesThatMatterLittleAreThinned() throws Exception {
    config = farm(1, 1);
    cluster.apply(new Mutation.Put(session(0, "a", T0 + 5_000)));
    add(0, "a", T0);
    assertThat(http().older()).isEqualTo(1);
    add(0, "a", T0 + 6_000);
    assertThat(http().thinned()).isEqualTo(1);
    add(0, "a", T0 + 21_000);
    assertThat(http().added()).isZero();
    assertThat(http().updated()).isEqualTo(1);
    assertThat(cluster.table().get(session(0, "a", 0).key()))
        .isEqualTo(session(0, "a", T0 + 21_000));
  }

  @Test
  void idsThatAByteDoesNotTellApartAreRefused() throws Exception {
    config = farm(300, 1);
    add(44, "a", T0);
    assertThat(sessions()).isZero();
    assertThat(http().refused()).containsEntry("ambiguous-id", 1L);
    config = farm(2, 300);
    begin();
    add(1, "a", T0);
    assertThat(http().refused()).containsEntry("ambiguous-id", 1L);
    config = farm(256, 256);
    begin();
    add(44, "a", T0);
    assertThat(sessions()).isEqualTo(1);
  }

  @Test
  void sessionsPastTheirTimeAreLeftOut() throws Exception {
    config = farm(1, 1);
    add(0, "a", T0 - 302_000);
    assertThat(sessions()).isZero();
    assertThat(http().expired()).isEqualTo(1);
  }

  private FarmConfig farm(int services, int backends) throws Exception {
    StringBuilder text = new StringBuilder("Name f1\nListenHTTP\n Address 127.0.0.1\n Port 80\n");
    for (int s = 0; s < services; s++) {
      text.append(" Service \"s").append(s).append("\"\n");
      for (int b = 0; b < backends; b++) {
        text.append("  BackEnd\n   Address 10.0.0.1\n   Port ").append(1 + b).append("\n  End\n");
      }
      text.append("  Session\n   Type COOKIE\n   ID \"a\"\n   TTL 300\n  End\n End\n");
    }
    Path file = Files.writeString(dir.resolve("f1.cfg"), text.append("End\n"));
    return FarmConfig.read(file, "f1");
  }

  private static RecentKey client(int last) {
    return new RecentKey("T1", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) last));
  }

  private long age(int last) {
    return now.get() - ((RecentEntry) cluster.table().get(client(last))).lastSeenMs();
  }

  @Test
  void agesAreTakenFromTheNewestStampAndMendedWhenNewsCome() throws Exception {
    long counter = (1L << 32) + 1_000_000;
    taking.take(new PairFrame.Entry(client(1), 64, 1, counter), false);
    taking.take(new PairFrame.Entry(client(2), 64, 1, counter - 10 * HZ), false);
    assertThat(cluster.table().count(Kind.RECENT)).isZero();
    taking.settle();
    assertThat(age(1)).isZero();
    assertThat(age(2)).isEqualTo(10_000);
    assertThat(taking.time().anchored()).isFalse();
    // The newest of the answer was 40 s old: 5 s later a client comes.
    later(Duration.ofSeconds(5));
    taking.take(new PairFrame.Entry(client(3), 64, 1, counter + 45 * HZ), true);
    assertThat(age(3)).isZero();
    taking.settle();
    assertThat(age(1)).isEqualTo(45_000);
    assertThat(age(2)).isEqualTo(55_000);
    assertThat(taking.time().anchored()).isTrue();
    assertThat(recent().added()).isEqualTo(3);
    assertThat(recent().frames()).isEqualTo(3);
    taking.settle();
    assertThat(cluster.offered()).hasSize(5);
  }

  @Test
  void anOldMastersHostThatWasStartedAgainCountsItsJiffiesAnew() throws Exception {
    long counter = (1L << 32) + 900L * 1_000_000;
    taking.take(new PairFrame.Entry(client(1), 64, 1, counter), false);
    taking.take(new PairFrame.Entry(client(2), 64, 1, counter - 10 * HZ), false);
    taking.told();
    taking.disconnected();
    later(Duration.ofMinutes(5));
    taking.connected();
    long restarted = (1L << 32) + 10_000;
    taking.take(new PairFrame.Entry(client(2), 64, 1, restarted), false);
    taking.told();
    assertThat(age(2)).isZero();
    assertThat(age(1)).isEqualTo(300_000);
  }

  @Test
  void aWrongRateShowsAfterHalfAMinuteOfNews() throws Exception {
    for (int second = 0; second <= 40; second += 5) {
      taking.take(new PairFrame.Entry(client(1), 64, 1, 1_000_000 + 1000L * second), true);
      later(Duration.ofSeconds(5));
    }
    assertThat(taking.time().measured()).hasValue(1000);
    assertThat(taking.time().jiffiesPerSecond()).isEqualTo(250);
  }

  @Test
  void aTableThatIsFlushedKeepsItsEntries() throws Exception {
    for (int i = 1; i <= 4; i++) {
      taking.take(new PairFrame.Entry(client(i), 64, 1, 1_000_000 + i), false);
    }
    for (int i = 1; i <= 4; i++) {
      taking.take(new PairFrame.EntryGone(client(i)), true);
    }
    taking.settle();
    later(Duration.ofSeconds(61));
    assertThat(cluster.table().count(Kind.RECENT)).isEqualTo(4);
    assertThat(recent().kept()).isEqualTo(4);
  }

  @Test
  void ringsAreTurnedSoThatTheOldestComesFirst() {
    assertThat(ImportedEntries.inOrder(new long[] {7, 5, 6}, 1)).containsExactly(5, 6, 7);
    assertThat(ImportedEntries.inOrder(new long[] {5, 6, 7}, 3)).containsExactly(5, 6, 7);
    assertThat(ImportedEntries.inOrder(new long[] {7, 5, 6}, 0)).containsExactly(5, 6, 7);
  }

  @Test
  void hostileFramesAreCountedAndNothingElse() throws Exception {
    taking.take(new PairFrame.Refused(6, "empty-key", 0), false);
    taking.take(new PairFrame.Refused(4, "family", 0), false);
    taking.take(new PairFrame.Other(3), false);
    taking.take(new PairFrame.SyncRequest(), false);
    assertThat(http().refused()).containsEntry("empty-key", 1L);
    assertThat(http().refused()).containsEntry("not-from-a-master", 2L);
    assertThat(recent().refused()).containsEntry("family", 1L);
    assertThat(cluster.offered()).isEmpty();
  }

  /** One such frame made all entries of the import centuries old. */
  @Test
  void aStampThatNoCounterCanHaveIsRefusedAndTheAgesOfAllOthersStayRight() throws Exception {
    long counter = (1L << 32) + 1_000_000;
    taking.take(new PairFrame.Entry(client(1), 64, 1, counter), false);
    taking.take(new PairFrame.Entry(client(2), 64, 1, Long.MAX_VALUE / 2000), false);
    taking.take(new PairFrame.Entry(client(3), 64, 1, counter - 10 * HZ), false);
    taking.told();
    assertThat(age(1)).isZero();
    assertThat(age(3)).isEqualTo(10_000);
    assertThat(cluster.table().get(client(2))).isNull();
    assertThat(recent().refused()).containsExactly(Map.entry("stamp-beyond-uptime", 1L));
  }

  @Test
  void aStampAheadOfTheNewsIsRefusedAndOneOfTheAnswerIsContradictedByThem() throws Exception {
    long counter = (1L << 32) + 1_000_000;
    long year = 365L * 86_400 * HZ;
    taking.take(new PairFrame.Entry(client(1), 64, 1, counter), false);
    taking.take(new PairFrame.Entry(client(2), 64, 1, counter + year), false);
    taking.told();
    assertThat(age(1))
        .as("nothing says otherwise yet")
        .isGreaterThan(Duration.ofDays(364).toMillis());
    later(Duration.ofSeconds(5));
    taking.take(new PairFrame.Entry(client(3), 64, 1, counter + 5 * HZ), true);
    later(Duration.ofSeconds(1));
    taking.take(new PairFrame.Entry(client(4), 64, 1, counter + year), true);
    taking.settle();
    assertThat(age(1)).isEqualTo(6_000);
    assertThat(age(3)).isEqualTo(1_000);
    assertThat(cluster.table().get(client(4))).isNull();
    assertThat(recent().refused()).containsExactly(Map.entry("stamp-ahead", 1L));
  }

  /** A deletion that waited took away what a client of the new balancer had used meanwhile. */
  @Test
  void aDeletionRemovesNoRecordThatTheClustersOwnPoundOrKernelUsedSince() throws Exception {
    long counter = (1L << 32) + 1_000_000;
    for (String key : new String[] {"used", "unused", "other"}) {
      add(0, key, T0);
    }
    for (int i = 1; i <= 3; i++) {
      taking.take(new PairFrame.Entry(client(i), 64, 1, counter), true);
    }
    later(Duration.ofSeconds(5));
    cluster.apply(new Mutation.Put(session(0, "used", T0 + 5_000)));
    gone(0, "used");
    gone(0, "unused");
    taking.take(new PairFrame.EntryGone(client(1)), true);
    taking.take(new PairFrame.EntryGone(client(2)), true);
    later(Duration.ofSeconds(5));
    cluster.apply(new Mutation.Put(new RecentEntry(client(1), 64, new long[] {now.get()})));
    later(Duration.ofSeconds(61));
    assertThat(cluster.table().get(session(0, "used", 0).key())).isNotNull();
    assertThat(cluster.table().get(session(0, "unused", 0).key())).isNull();
    assertThat(cluster.table().get(client(1))).isNotNull();
    assertThat(cluster.table().get(client(2))).isNull();
    assertThat(http().kept()).isEqualTo(1);
    assertThat(recent().kept()).isEqualTo(1);
  }
}
