package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.Warning;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.source.pound.Adopt;
import io.ssyncd.source.pound.PoundLinkConfig;
import io.ssyncd.source.pound.PoundSource;
import io.ssyncd.source.pound.SourceCounters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoundSourceTest extends PoundFixture {
  @Test
  void dumpAndLiveEventsReachTheTable() throws Exception {
    PoundStandIn pound = pound();
    pound.traffic(100, "before");
    started();
    tableEquals(pound);
    pound.traffic(100, "after");
    pound.add(1, 0, key("by-hand"), 1);
    tableEquals(pound);
    assertThat(table.size()).isEqualTo(201);
  }

  @Test
  void defect1_secondServiceOfAListenerWipesNoOther() throws Exception {
    PoundStandIn pound = pound();
    started();
    for (int i = 0; i < 30; i++) {
      pound.request(0, 0, key("a" + i));
    }
    pound.request(0, 1, key("b"));
    tableEquals(pound);
    assertThat(table.size()).isEqualTo(31);
  }

  @Test
  void newerInPoundWinsAndNewerInTheTableStays() throws Exception {
    PoundStandIn pound = pound();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    table.put(session(0, 0, 0, "a", 10));
    table.put(session(0, 0, 0, "b", -5));
    table.put(session(0, 0, 0, "absent", 10));
    started();
    within()
        .untilAsserted(
            () ->
                assertThat(table.get(httpKey(0, 0, "a")))
                    .isEqualTo(held(pound).get(httpKey(0, 0, "a"))));
    assertThat(table.get(httpKey(0, 0, "b"))).isEqualTo(session(0, 0, 0, "b", -5));
    assertThat(table.get(httpKey(0, 0, "absent"))).isNotNull();
  }

  @Test
  void refreshesAreThinnedToATwentiethOfTheTtl() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    HttpKey key = httpKey(0, 0, "a");
    pound.request(0, 0, key("a"));
    tableEquals(pound);
    HttpSession first = held(pound).get(key);
    for (int i = 0; i < 14; i++) {
      nowS.incrementAndGet();
      pound.request(0, 0, key("a"));
    }
    within().until(() -> counters(endpoint).thinned() == 14);
    assertThat(table.get(key)).isEqualTo(first);
    nowS.incrementAndGet(); // the 15th second: 300 s / 20
    pound.request(0, 0, key("a"));
    tableEquals(pound);
    assertThat(intake.puts).hasValue(2);
  }

  @Test
  void whenASessionMovesToAnotherBackend_thatIsToldAtOnce() throws Exception {
    PoundStandIn pound = pound();
    started();
    pound.add(0, 0, key("a"), 0);
    tableEquals(pound);
    pound.add(0, 0, key("a"), 1);
    tableEquals(pound);
  }

  @Test
  void aDeletionAtItsTimeIsMadeAtOnce() throws Exception {
    PoundStandIn pound = pound();
    started();
    pound.request(0, 0, key("a"));
    pound.request(1, 0, key("b"));
    tableEquals(pound);
    nowS.addAndGet(61);
    pound.expire();
    within().until(() -> table.size() == 1);
    assertThat(table.get(httpKey(0, 0, "a"))).isNotNull();
  }

  @Test
  void anEarlyDeletionIsHeldForItsTime() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    tableEquals(pound);
    pound.delete(0, 0, key("a"));
    within().until(() -> counters(endpoint).held() == 1);
    nowS.addAndGet(59);
    ((PoundSource) endpoint.source()).tick();
    assertThat(table.size()).isEqualTo(2);
    nowS.addAndGet(1);
    within().until(() -> table.size() == 1);
    within().until(() -> counters(endpoint).held() == 0);
  }

  @Test
  void aHeldDeletionIsDroppedWhenItsSessionComesBack() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    tableEquals(pound);
    pound.delete(0, 0, key("a"));
    within().until(() -> counters(endpoint).held() == 1);
    nowS.addAndGet(30);
    pound.request(0, 0, key("a"));
    within().until(() -> counters(endpoint).heldReturned() == 1);
    nowS.addAndGet(60);
    ((PoundSource) endpoint.source()).tick();
    assertThat(table.size()).isEqualTo(2);
    assertThat(intake.deletes).hasValue(0);
  }

  @Test
  void heldDeletionsAreDroppedWhenAllBackendsOfAServiceDied() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    for (int i = 0; i < 40; i++) {
      pound.add(0, 0, key("a" + i), i % 2);
      pound.add(0, 1, key("b" + i), i % 2);
    }
    tableEquals(pound);
    pound.killBackend(0, 0, 0);
    pound.killBackend(0, 1, 0);
    pound.killBackend(0, 0, 1);
    within().until(() -> counters(endpoint).heldMassDropped() == 40);
    nowS.addAndGet(60);
    // One backend of the other service is still there: that one's deletions are made.
    within().until(() -> table.size() == 60);
    nowS.addAndGet(60);
    ((PoundSource) endpoint.source()).tick();
    assertThat(table.size()).isEqualTo(60);
  }

  @Test
  void heldDeletionsAreDroppedWhenTheNodeStopsItsSource() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    tableEquals(pound);
    pound.delete(0, 0, key("a"));
    within().until(() -> counters(endpoint).held() == 1);
    endpoint.source().stop();
    assertThat(counters(endpoint).held()).isZero();
    nowS.addAndGet(61);
    endpoint.source().start(intake);
    pound.request(0, 0, key("c"));
    within().until(() -> table.size() == 3);
    assertThat(intake.deletes).hasValue(0);
  }

  @Test
  void whenStopped_nothingIsTold() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    endpoint.source().stop();
    pound.request(0, 0, key("a"));
    within().until(() -> endpoint.link().mirror().size() == 1);
    assertThat(table.size()).isZero();
  }

  @Test
  void whatNoPoundDeletesIsRemovedAfterTtlThinningAndTheLongestSweep() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started();
    pound.request(0, 0, key("used"));
    tableEquals(pound);
    table.put(session(0, 0, 0, "left", 300 + 15 + 180));
    table.put(session(0, 0, 0, "used", 1000)); // its refresh is on its way through the log
    table.put(session(7, 0, 0, "unknown-service", 1_000_000));
    ((PoundSource) endpoint.source()).expire();
    assertThat(table.size()).isEqualTo(3);
    nowS.incrementAndGet();
    ((PoundSource) endpoint.source()).expire();
    assertThat(table.get(httpKey(0, 0, "left"))).isNull();
    assertThat(table.size()).isEqualTo(2);
    assertThat(counters(endpoint).expired()).isEqualTo(1);
  }

  @Test
  void anAdditionThatComesAfterItsTtlIsDropped() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    PoundEndpoint endpoint = started();
    pound.tell(session(0, 0, 0, "ghost", 301));
    pound.add(session(0, 0, 0, "a", 0));
    within().until(() -> table.size() == 1);
    assertThat(endpoint.link().status().late()).isEqualTo(1);
    assertThat(table.get(httpKey(0, 0, "ghost"))).isNull();
  }

  @Test
  void whenTheSameProcessIsReconnected_whatVanishedMeanwhileIsDeletedAfterTheHold()
      throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    for (int i = 0; i < 10; i++) {
      pound.put(session(0, 0, i % 2, "k" + i, 5));
    }
    table.put(session(0, 1, 0, "never-held-there", 5));
    PoundEndpoint endpoint = started();
    within().until(() -> table.size() == 11);
    pound.lose(httpKey(0, 0, "k3"));
    pound.put(session(0, 0, 1, "new", 1));
    pound.drop();
    within().until(() -> table.get(httpKey(0, 0, "new")) != null);
    within().until(() -> counters(endpoint).held() == 1);
    nowS.addAndGet(60);
    within().until(() -> table.get(httpKey(0, 0, "k3")) == null);
    assertThat(table.size()).isEqualTo(11);
    assertThat(intake.replacements).hasValue(0);
  }

  @Test
  void whatADumpThatProvesNothingDoesNotShowIsNotPutInAgain() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    for (int i = 0; i < 50; i++) {
      pound.put(session(0, 0, 0, "gone" + i, 5));
    }
    // Without a configuration no canary can be written, and so no dump proves what is absent.
    PoundEndpoint endpoint = closing(new PoundEndpoint(config(), Optional.empty()));
    within().until(() -> endpoint.link().mirror().size() == 50);
    endpoint.source().start(intake);
    within().until(() -> table.size() == 50);
    for (int i = 0; i < 50; i++) {
      pound.lose(httpKey(0, 0, "gone" + i));
      table.apply(new Mutation.Delete(httpKey(0, 0, "gone" + i)));
      pound.put(session(0, 0, 0, "new" + i, 1));
    }
    pound.drop();
    within().until(() -> table.get(httpKey(0, 0, "new49")) != null && table.size() >= 50);
    within().until(() -> endpoint.link().status().connections() == 2);
    assertThat(endpoint.link().mirror().size()).isEqualTo(100);
    // One of them is there after all: its next sign of life is told at once, thinned or not.
    pound.update(session(0, 0, 0, "gone7", 4));
    within().until(() -> table.get(httpKey(0, 0, "gone7")) != null);
    assertThat(table.size()).isEqualTo(51);
  }

  @Test
  void anEmptyDumpOfTheSameProcessDeletesNothing() throws Exception {
    PoundStandIn pound = pound();
    pound.traffic(100, "k");
    PoundEndpoint endpoint = started();
    tableEquals(pound);
    pound.restartWorker();
    within().until(() -> endpoint.link().status().connections() == 2);
    live(endpoint);
    within().until(() -> endpoint.link().mirror().size() == 0);
    within().until(() -> counters(endpoint).heldMassDropped() == 100);
    nowS.addAndGet(61);
    ((PoundSource) endpoint.source()).tick();
    assertThat(table.size()).isEqualTo(100);
  }

  @Test
  void defect12_theReaderDrainsWhileTheIntakeHasNoRoomAndAllIsComparedLater() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started(endpoint(config().withDeleteHold(Duration.ofSeconds(20))));
    pound.traffic(50, "early");
    tableEquals(pound);
    intake.full = true;
    pound.traffic(20_000, "more"); // blocks for good if nobody reads
    pound.delete(0, 0, key("early0"));
    within().until(() -> endpoint.link().mirror().size() == 20_049);
    assertThat(intake.refusals).hasValue(1);
    assertThat(table.size()).isEqualTo(50);
    assertThat(counters(endpoint).overflows()).isEqualTo(1);
    nowS.addAndGet(20);
    intake.full = false;
    endpoint.source().resync();
    tableEquals(pound);
  }

  @Test
  void whatIsBeyondTheLimitIsCountedAndSaid() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = started(endpoint(config().withMaxSessions(10)));
    pound.traffic(25, "k");
    within().until(() -> endpoint.link().status().overflows() == 15);
    assertThat(table.size()).isEqualTo(10);
    assertThat(endpoint.source().status().warnings())
        .extracting(Warning::code)
        .contains("pound-sessions-limit");
  }

  @Test
  void defect8_framesInPiecesAreRead() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.fragment = 1;
    for (int i = 0; i < 50; i++) {
      pound.put(session(0, 0, i % 2, "k" + i, 5));
    }
    started();
    pound.add(session(0, 1, 0, "live", 0));
    within().until(() -> table.size() == 51);
  }

  @Test
  void whenGarbageComes_theLinkIsMadeAnewAndNothingIsLost() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    for (int i = 0; i < 10; i++) {
      pound.put(session(0, 0, i % 2, "k" + i, 5));
    }
    PoundEndpoint endpoint = started();
    within().until(() -> table.size() == 10);
    pound.put(session(0, 0, 0, "untold", 0));
    pound.send("no frame at all".getBytes(StandardCharsets.US_ASCII));
    within().until(() -> table.size() == 11);
    assertThat(endpoint.source().status().malformed()).isEqualTo(1);
    assertThat(endpoint.source().status().warnings())
        .extracting(Warning::code)
        .contains("pound-garbage");
    assertThat(endpoint.link().status().connections()).isEqualTo(2);
  }

  @Test
  void aDeafPoundIsRecognisedAndDeletesNothing() throws Exception {
    ScriptedPound pound = closing(new ScriptedPound(directory));
    pound.put(session(0, 0, 0, "a", 5));
    PoundEndpoint endpoint = started();
    within().until(() -> table.size() == 1);
    pound.deaf = true;
    pound.drop();
    within()
        .untilAsserted(
            () ->
                assertThat(endpoint.source().status().warnings())
                    .extracting(Warning::code)
                    .contains("pound-deaf"));
    // Tried again once, for another's connection may have been in the way; and then left alone.
    within().until(() -> endpoint.link().status().connections() == 3);
    nowS.addAndGet(10_000);
    ((PoundSource) endpoint.source()).expire();
    ((PoundSource) endpoint.source()).tick();
    assertThat(table.size()).isEqualTo(1);
    assertThat(pound.requests).hasValue(3);
  }

  @Test
  void whenThereIsNoConfiguration_sessionsAreIngestedAllTheSame() throws Exception {
    PoundStandIn pound = pound();
    pound.traffic(10, "k");
    PoundLinkConfig config = config();
    PoundEndpoint endpoint = closing(new PoundEndpoint(config, Optional.empty()));
    endpoint.source().start(intake);
    endpoint.source().stop();
    within().until(() -> endpoint.link().mirror().size() == 10);
    endpoint.source().start(intake);
    tableEquals(pound);
    assertThat(pound.stats().writes()).isZero();
  }

  private static SourceCounters counters(PoundEndpoint endpoint) {
    return ((PoundSource) endpoint.source()).counters();
  }

  /** Those that it has when its node begins to lead; what its clients do from then on counts. */
  @Test
  void withAdoptNeverWhatPoundHasAlreadyStaysOutUntilItsClientsCome() throws Exception {
    PoundStandIn pound = pound();
    pound.add(0, 0, key("unknown"), 0);
    pound.add(0, 0, key("newer"), 1);
    table.put(session(0, 0, 0, "newer", 50));
    final HttpSession known = (HttpSession) table.get(httpKey(0, 0, "newer"));
    PoundEndpoint endpoint = started(endpoint(config().withAdopt(Adopt.NEVER)));

    within().until(() -> endpoint.source().notAdopted() == 2);
    assertThat(table.asMap().values()).containsExactly(known);

    endpoint.source().stop();
    endpoint.source().start(intake);
    within().until(((PoundSource) endpoint.source())::reporting);
    endpoint.source().resync();
    nowS.addAndGet(100);
    pound.request(0, 0, key("unknown"));
    within().until(() -> table.get(httpKey(0, 0, "unknown")) != null);
    assertThat(table.get(httpKey(0, 0, "newer"))).isEqualTo(known);
    pound.request(0, 0, key("newer"));
    within().until(() -> !known.equals(table.get(httpKey(0, 0, "newer"))));
    pound.request(0, 0, key("fresh"));
    within().until(() -> table.size() == 3);
    assertThat(endpoint.source().notAdopted()).isEqualTo(2);
  }

  @Test
  void byDefaultWhatPoundHasIsAdoptedIfItIsUnknownOrNewer() throws Exception {
    PoundStandIn pound = pound();
    pound.add(0, 0, key("unknown"), 0);
    pound.add(0, 0, key("newer"), 1);
    table.put(session(0, 0, 0, "newer", 50));
    table.put(session(0, 0, 0, "only-here", 50));
    PoundEndpoint endpoint = started();

    within().until(() -> table.size() == 3);
    within().until(() -> ((HttpSession) table.get(httpKey(0, 0, "newer"))).backend() == 1);
    assertThat(endpoint.source().notAdopted()).isZero();
  }
}
