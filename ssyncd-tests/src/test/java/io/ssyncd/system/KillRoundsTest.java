package io.ssyncd.system;

import io.ssyncd.testkit.Member;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill -9} of each role while clients come, round after round, with the time-outs, the syncs
 * and the JVM of the distribution: the leader, a follower, both followers one after the other. The
 * Pound beside the daemon dies too: one that lives on may be deaf from then on, see {@link
 * DeafPoundTest}.
 */
class KillRoundsTest extends UnderLoad {
  private static final Logger log = LoggerFactory.getLogger(KillRoundsTest.class);
  private static final int SOME = 50;

  /** By hand: {@code -Dssyncd.tests=soak -Dtest=KillRoundsTest -Dssyncd.rounds=10}. */
  private static final int MANY = Integer.getInteger("ssyncd.rounds", 50);

  private final Pauses withoutAFollower = new Pauses();

  @Test
  void nothingAcknowledgedIsLostWhenEachRoleDiesOnce() {
    rounds(1);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostInThreeRounds() {
    rounds(3);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void nothingAcknowledgedIsLostInManyRounds() {
    rounds(MANY);
  }

  private void rounds(int rounds) {
    for (int round = 1; round <= rounds; round++) {
      theLeaderDies(underLoad());
      heal();
      aFollowerDies(underLoad());
      heal();
      bothFollowersDie(underLoad());
      heal();
      log.info("round {}: {} sessions acknowledged, none lost", round, acknowledged.count());
    }
    log.info("kill -9 of the leader to the first session of the next: {}", pauses);
    log.info("kill -9 of a follower to the next session: {}", withoutAFollower);
  }

  /** The leader, once it has acknowledged some of the clients that come. */
  private Member underLoad() {
    Member leader = cluster.awaitLeader();
    acknowledged.watch(cluster);
    clients.come();
    awaitMore(leader, 0);
    return leader;
  }

  private void awaitMore(Member leader, long than) {
    cluster.awaitThat(
        SOME + " more clients of " + leader.name() + " acknowledged",
        () -> acknowledged.count(clients.at(leader)) >= than + SOME);
  }

  private void heal() {
    clients.leave();
    cluster.startPounds().start();
    Healed.check(cluster, acknowledged, clients);
  }

  private void theLeaderDies(Member leader) {
    List<Member> followers = cluster.followers();
    long killed = System.nanoTime();
    leader.losePower();
    pauses.add(killed, firstAcknowledged(followers));
  }

  private void aFollowerDies(Member leader) {
    Member follower = cluster.followers().get(0);
    long killed = System.nanoTime();
    follower.losePower();
    long before = acknowledged.count(clients.at(leader));
    cluster.awaitThat(
        "another client acknowledged", () -> acknowledged.count(clients.at(leader)) > before);
    withoutAFollower.add(killed, System.nanoTime());
    awaitMore(leader, before);
  }

  private void bothFollowersDie(Member leader) {
    List<Member> followers = cluster.followers();
    followers.get(0).losePower();
    awaitMore(leader, acknowledged.count(clients.at(leader)));
    followers.get(1).losePower();
    cluster.await(
        "the leader says that it is alone and does not ingest",
        () ->
            leader
                .status()
                .filter(s -> !s.path("quorum").asBoolean(true))
                .filter(s -> !s.path("state").asText().equals("INGESTING")));
  }
}
