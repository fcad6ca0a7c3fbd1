package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoundSinkTest extends PoundFixture {
  private static final int MANY = 10_000;

  private void manyIntoTheTable() {
    for (int i = 0; i < MANY; i++) {
      table.put(session(i % 2, 0, i % 2, "k" + i, i % 50));
    }
  }

  @Test
  void tenThousandSessionsArriveByteForByteAndAllAreReported() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    manyIntoTheTable();
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(MANY);
    assertThat(report.complete()).isTrue();
    assertThat(report.extra()).isZero();
    assertThat(held(pound)).isEqualTo(table.asMap());
    ScopeReport again = write(endpoint);
    assertThat(again.unchanged()).isEqualTo(MANY);
    assertThat(again.applied()).isZero();
    assertThat(pound.stats().dumps()).isLessThanOrEqualTo(4);
  }

  @Test
  void aRoutineWriteTakesOneDumpAndNoneIfThereIsNothingToWrite() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    long before = pound.stats().dumps();
    WriteOrder routine = new WriteOrder(table, Set.of(), false, false, WriteOrder.Fence.NONE, true);
    for (int i = 1; i <= 5; i++) {
      table.put(session(0, 0, 0, "k" + i, 1));
      assertThat(endpoint.sink().write(routine).get(0).applied()).isEqualTo(1);
      assertThat(pound.stats().dumps()).isEqualTo(before + i);
    }
    assertThat(endpoint.sink().write(routine).get(0).unchanged()).isEqualTo(5);
    assertThat(pound.stats().dumps()).isEqualTo(before + 5);
    assertThat(held(pound)).isEqualTo(table.asMap());
  }

  /** A Pound that was sent sessions tells of nothing until it is asked for a dump. */
  @Test
  void aRoutineWriteAfterOneThatWasBrokenOffDoesNotTakeSilenceForQuiet() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    manyIntoTheTable();
    AtomicInteger chunks = new AtomicInteger();
    WriteOrder brokenOff =
        new WriteOrder(table, Set.of(), false, false, () -> chunks.incrementAndGet() < 3, true);
    assertThatThrownBy(() -> endpoint.sink().write(brokenOff)).hasMessageContaining("were sent");
    within().until(() -> !held(pound).isEmpty());
    pound.add(0, 0, key("used-since"), 1);
    table.put(session(0, 0, 0, "used-since", 7));

    WriteOrder routine = new WriteOrder(table, Set.of(), false, false, WriteOrder.Fence.NONE, true);
    assertThatThrownBy(() -> endpoint.sink().write(routine))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("told nothing");
    ScopeReport report = endpoint.sink().write(routine).get(0);

    assertThat(report.applied() + report.unchanged()).isEqualTo(MANY + 1);
    assertThat(report.unchanged()).as("those that had gone in, and the used one").isPositive();
    assertThat(held(pound).get(httpKey(0, 0, "used-since")).backend()).isEqualTo(1);
  }

  @Test
  void keysOfAnyBytesAndOfTheGreatestLengthArrive() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    byte[] all = new byte[254];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i + 1);
    }
    for (int length : new int[] {1, 23, 24, 25, 40, 56, 127, 128, 254}) {
      HttpKey key = new HttpKey(FARM, 0, 0, Bytes.of(all, 0, length));
      table.put(new HttpSession(key, 0, Bytes.utf8("10.1.1.1"), nowS.get() * 1000));
    }
    assertThat(write(endpoint).applied()).isEqualTo(9);
    assertThat(held(pound)).isEqualTo(table.asMap());
  }

  @Test
  void onlyWhatIsMissingOrOlderIsWrittenAndWhatIsNewerInPoundStays() throws Exception {
    PoundStandIn pound = pound();
    pound.add(0, 0, key("same"), 0);
    pound.add(0, 0, key("newer-there"), 1);
    pound.add(0, 0, key("other-backend"), 1);
    pound.add(0, 0, key("extra"), 1);
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    table.put(session(0, 0, 0, "same", 0));
    table.put(session(0, 0, 0, "newer-there", 3));
    table.put(session(0, 0, 0, "other-backend", 0));
    table.put(session(0, 0, 0, "missing", 7));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(2);
    assertThat(report.unchanged()).isEqualTo(2);
    assertThat(report.extra()).isEqualTo(1);
    assertThat(report.removed()).isZero();
    Map<HttpKey, HttpSession> there = held(pound);
    assertThat(there.get(httpKey(0, 0, "newer-there")).backend()).isEqualTo(1);
    assertThat(there.get(httpKey(0, 0, "other-backend")).backend()).isZero();
    assertThat(there).containsKey(httpKey(0, 0, "extra")).containsKey(httpKey(0, 0, "missing"));
  }

  @Test
  void defect7_whatCannotBeWrittenIsRefusedByNameAndPoundLives() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    table.put(session(0, 0, 0, "good", 1));
    table.put(session(9, 0, 0, "a", 1));
    table.put(session(0, 300, 0, "b", 1));
    table.put(session(0, 0, 7, "c", 1));
    table.put(new HttpSession(httpKey(0, 0, "d"), 1, Bytes.utf8("192.0.2.1"), nowS.get() * 1000));
    table.put(session(0, 0, 0, "e", 301));
    table.put(session(0, 0, 0, "f".repeat(255), 1));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.reasons())
        .isEqualTo(
            Map.of(
                Reason.UNKNOWN_LISTENER, 1L,
                Reason.UNKNOWN_SERVICE, 1L,
                Reason.UNKNOWN_BACKEND, 1L,
                Reason.ADDRESS_CHANGED, 1L,
                Reason.EXPIRED, 1L,
                Reason.KEY_SIZE, 1L));
    assertThat(report.complete()).isFalse();
    assertThat(report.refused()).as("an expired one is no refusal").isEqualTo(5);
    assertThat(report.examples()).hasSize(6).noneMatch(text -> text.contains("fff"));
    assertThat(pound.alive()).isTrue();
    assertThat(held(pound)).hasSize(1);
  }

  @Test
  void defect7_whatIsNotReadBackIsMismatched() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.put(session(0, 0, 0, "there", 0));
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    pound.dropsWrites = true;
    table.put(session(0, 0, 0, "there", 1));
    table.put(session(0, 0, 0, "a", 1));
    table.put(session(0, 0, 1, "b", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isZero();
    assertThat(report.unchanged()).isEqualTo(1);
    assertThat(report.mismatched()).isEqualTo(2);
    assertThat(report.complete()).isFalse();
  }

  @Test
  void aDryRunReportsTheSameAndChangesNothing() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    long writes = pound.stats().writes();
    table.put(session(0, 0, 0, "a", 1));
    table.put(session(9, 0, 0, "b", 1));
    pound.add(0, 1, key("stranger"), 0);
    within().until(() -> endpoint.link().mirror().size() == 1);
    ScopeReport report = endpoint.sink().write(order(true)).get(0);
    assertThat(report.planned()).hasSize(2).noneMatch(text -> text.contains("stranger"));
    assertThat(report.planned().get(0))
        .matches(
            "write listener 0 service 0 backend 0 at .*, session [0-9a-f]{8}: it is not there");
    assertThat(report.planned().get(1))
        .matches("leave listener 0 service 1 .*: the cluster does not know it");
    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.refused()).isEqualTo(1);
    assertThat(held(pound)).hasSize(1);
    assertThat(pound.stats().writes()).isEqualTo(writes);
    assertThat(pound.stats().dumps()).isEqualTo(1);
  }

  @Test
  void withoutAConfigurationAllIsRefused() throws Exception {
    PoundStandIn pound = pound();
    pound.add(0, 0, key("there"), 0);
    PoundEndpoint endpoint =
        closing(new PoundEndpoint(config(), Optional.of(directory.resolve("nowhere.cfg"))));
    within().until(() -> endpoint.link().mirror().size() == 1);
    table.put(session(0, 0, 0, "a", 1));
    table.put(session(0, 0, 0, "there", 0));
    ScopeReport report = write(endpoint);
    assertThat(report.reasons()).isEqualTo(Map.of(Reason.NO_CONFIGURATION, 1L));
    assertThat(report.unchanged()).isEqualTo(1);
    assertThat(pound.stats().writes()).isZero();
    assertThat(endpoint.sink().warnings()).extracting("code").contains("no-configuration");
  }

  @Test
  void aConfigurationChangedAfterPoundsStartDoesNotDescribeIt() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    long writes = pound.stats().writes();
    Files.writeString(cfg, Files.readString(cfg)); // touched: now
    table.put(session(0, 0, 0, "a", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.reasons()).isEqualTo(Map.of(Reason.CONFIGURATION_NEWER_THAN_PROCESS, 1L));
    assertThat(pound.stats().writes()).isEqualTo(writes);
  }

  @Test
  void anErrorInTheConfigurationIsNamedAndNothingIsWritten() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    Files.writeString(cfg, "ListenHTTP\n");
    table.put(session(0, 0, 0, "a", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.reasons()).isEqualTo(Map.of(Reason.NO_CONFIGURATION, 1L));
    assertThat(endpoint.sink().warnings().get(0).text()).contains(cfg.toString());
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void whenTheFenceFalls_theWriteStopsAndSaysHowFarItCame() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    manyIntoTheTable();
    AtomicInteger chunks = new AtomicInteger();
    WriteOrder order =
        new WriteOrder(table, Set.of(), false, false, () -> chunks.incrementAndGet() < 3);
    assertThatThrownBy(() -> endpoint.sink().write(order))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("of " + MANY)
        .hasMessageContaining(order.fence().why());
    within().until(() -> !held(pound).isEmpty());
    assertThat(held(pound)).hasSizeLessThan(MANY);
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void whenThereIsNoPound_theWriteFailsNamingTheSocket() {
    PoundEndpoint endpoint = endpoint();
    within().until(() -> !endpoint.source().status().warnings().isEmpty());
    assertThatThrownBy(() -> write(endpoint))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ssync_f1.socket");
  }

  @Test
  void whenPoundIsDeaf_theWriteFails() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.deaf = true;
    PoundEndpoint endpoint = endpoint();
    within()
        .untilAsserted(
            () ->
                assertThat(endpoint.source().status().warnings())
                    .extracting("code")
                    .contains("pound-deaf"));
    within().until(() -> endpoint.link().status().connections() == 2);
    within().until(() -> pound.requests.get() == 2);
    table.put(session(0, 0, 0, "a", 1));
    assertThatThrownBy(() -> write(endpoint)).hasMessageContaining("pound-deaf");
  }

  /** A promotion tries every other second; each dump used to leave a canary. */
  @Test
  void whoTriesAgainAndAgainToWriteADeafPoundDoesNotFillItWithCanaries() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.deaf = true;
    Duration hour = Duration.ofHours(1);
    PoundEndpoint endpoint =
        endpoint(config().withDeafCheck(new PoundLinkConfig.BackOff(hour, hour)));
    within().until(() -> pound.requests.get() == 2 && deaf(endpoint));
    table.put(session(0, 0, 0, "a", 1));
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> write(endpoint))
          .hasMessageContaining("pound-deaf")
          .hasMessageContaining("asked again in");
    }
    assertThat(pound.requests).hasValue(2);
  }

  @Test
  void aPoundThatWasTakenForDeafIsAskedAgainAndThenWritten() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.deaf = true;
    PoundEndpoint endpoint =
        endpoint(
            config()
                .withDeafCheck(
                    new PoundLinkConfig.BackOff(Duration.ofMillis(50), Duration.ofSeconds(1))));
    within().until(() -> pound.requests.get() > 2 && deaf(endpoint));
    assertThat(endpoint.source().isDeaf()).isTrue();

    pound.deaf = false;

    live(endpoint);
    assertThat(endpoint.source().isDeaf()).isFalse();
    table.put(session(0, 0, 0, "a", 1));
    assertThat(write(endpoint).applied()).isEqualTo(1);
  }

  private static boolean deaf(PoundEndpoint endpoint) {
    return endpoint.source().status().warnings().stream()
        .anyMatch(warning -> warning.code().equals("pound-deaf"));
  }

  @Test
  void aPoundThatStandsStillIsSaidAndGoneOnWithWhenItMoves() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint(config().withAnswerTimeout(Duration.ofMillis(300)));
    live(endpoint);
    manyIntoTheTable();
    pound.stall(true);
    assertThatThrownBy(() -> write(endpoint))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ssync_f1.socket");
    PoundEndpoint waiting = endpoint;
    AtomicBoolean stalledWarning = new AtomicBoolean();
    Thread dumping =
        new Thread(
            () -> {
              try {
                waiting.link().connection().dump(true);
              } catch (IOException e) {
                stalledWarning.set(true);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    dumping.start();
    dumping.join();
    assertThat(stalledWarning).isTrue();
    assertThat(endpoint.source().status().warnings()).extracting("code").contains("pound-stalled");
    pound.stall(false);
    within().until(() -> endpoint.source().status().warnings().isEmpty());
    ScopeReport report = write(endpoint);
    assertThat(report.applied() + report.unchanged()).isEqualTo(MANY);
    assertThat(held(pound)).isEqualTo(table.asMap());
  }

  @Test
  void aPoundThatTakesNothingButTalksOnDoesNotHoldAWriteForEver() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.babbles = session(0, 0, 0, "a", 1);
    PoundEndpoint endpoint = endpoint(config().withAnswerTimeout(Duration.ofMillis(300)));
    within().until(() -> endpoint.link().status().events() > 100);
    assertThatThrownBy(() -> write(endpoint))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not answer");
    assertThat(endpoint.source().status().warnings()).extracting("code").contains("pound-stalled");
    pound.babbles = null;
    live(endpoint);
  }

  @Test
  void whenInterrupted_theWriteEnds() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    manyIntoTheTable();
    pound.stall(true);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread writing =
        new Thread(
            () -> {
              try {
                write(endpoint);
                end.complete(new AssertionError("it went through"));
              } catch (Exception e) {
                end.complete(e);
              }
            });
    writing.start();
    within().until(() -> writing.getState() != Thread.State.NEW && writing.isAlive());
    writing.interrupt();
    assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    pound.stall(false);
    live(endpoint);
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void anotherFarmsOrderIsNotThisSinks() throws Exception {
    PoundEndpoint endpoint = endpoint();
    WriteOrder order =
        new WriteOrder(table, Set.of(Scope.farm("f2")), false, false, WriteOrder.Fence.NONE);
    assertThat(endpoint.sink().write(order)).isEmpty();
  }

  @Test
  void whenTheSocketIsADirectory_thatIsSaid() throws Exception {
    Path socket = Files.createDirectory(directory.resolve("ssync_f1.socket"));
    PoundEndpoint endpoint = endpoint();
    within()
        .untilAsserted(
            () ->
                assertThat(endpoint.source().status().warnings())
                    .extracting("code")
                    .contains("pound-socket-invalid"));
    Files.delete(socket);
    pound();
    live(endpoint);
    assertThat(endpoint.source().status().warnings()).isEmpty();
  }
}
