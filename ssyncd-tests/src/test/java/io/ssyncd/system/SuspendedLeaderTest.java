package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Member;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGSTOP: the leader hangs while clients come, and goes on when another has long been elected. */
class SuspendedLeaderTest extends UnderLoad {
  private static final Logger log = LoggerFactory.getLogger(SuspendedLeaderTest.class);
  private static final int STALE = 20;

  @Test
  void theOldLeaderIngestsAndWritesNothingWhenItGoesOn() {
    rounds(1);
  }

  @Test
  @Tag("long")
  void theOldLeaderIngestsAndWritesNothingInThreeRounds() {
    rounds(3);
  }

  /** By hand: {@code -Dssyncd.tests=soak -Dtest=SuspendedLeaderTest -Dssyncd.rounds=10}. */
  @Test
  @Tag("soak")
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void theOldLeaderIngestsAndWritesNothingInManyRounds() {
    rounds(Integer.getInteger("ssyncd.rounds", 50));
  }

  private void rounds(int rounds) {
    for (int round = 1; round <= rounds; round++) {
      theLeaderHangs("stale-" + round + "-");
    }
    log.info("SIGSTOP of the leader to the first session of the next: {}", pauses);
  }

  private void theLeaderHangs(String stale) {
    Member old = cluster.awaitLeader();
    acknowledged.watch(cluster);
    clients.come();
    cluster.awaitThat("clients acknowledged", () -> acknowledged.count(clients.at(old)) >= 50);
    List<Member> followers = cluster.followers();

    long suspended = System.nanoTime();
    old.suspend();
    // Before the socket to the daemon that does not read is full: then Pound would stop as well.
    clients.leave(old);
    pauses.add(suspended, firstAcknowledged(followers));

    old.pound("f1").traffic(stale, STALE);
    List<String> poundOfTheOld = old.pound("f1").sessions();
    old.resume();
    cluster.await(
        "the old leader follows",
        () -> old.status().filter(s -> s.path("role").asText().equals("follower")));

    assertThat(Healed.check(cluster, acknowledged, clients)).isIn(followers);
    assertThat(acknowledged.count(stale)).as("sessions ingested by a deposed leader").isZero();
    assertThat(old.pound("f1").sessions()).isEqualTo(poundOfTheOld);
  }
}
