package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member whose data directory is gone. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class WipedMemberTest {
  private static final Logger log = LoggerFactory.getLogger(WipedMemberTest.class);
  private static final int SESSIONS = 100_000;
  private static final int SOME = 500;
  private static final int CONFIGURATION = 78;

  @TempDir Path dir;

  @Test
  void aHundredThousandSessionsAreBackInAnEmptiedMember() {
    try (Cluster cluster =
        ClusterSpec.in(dir).defaultElectionTimeout().farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      for (int held = 20_000; held <= SESSIONS; held += 20_000) {
        leader.pound("f1").traffic("upto-" + held + "-", 20_000);
        cluster.awaitSessions("f1", held);
      }
      Member emptied = cluster.followers().get(0);
      final JsonNode before = cluster.awaitEqual();
      emptied.kill();
      emptied.wipe();

      final long began = System.nanoTime();
      emptied.start();
      cluster.await(
          "the digest of the others",
          () ->
              emptied
                  .status()
                  .filter(s -> s.path("digest").equals(before.path("digest")))
                  .or(Optional::empty));
      log.info(
          "{} sessions back in an emptied member {} ms after its start",
          SESSIONS,
          (System.nanoTime() - began) / 1_000_000);
      assertThat(cluster.awaitSessions("f1", SESSIONS).path("digest"))
          .isEqualTo(before.path("digest"));
    }
  }

  /** Its disk lost the log and the snapshots, and kept what it had promised. */
  @Test
  void aMemberThatLostItsLogAloneDoesNotStartAndSaysHowItRejoins() throws IOException {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .line("cluster.durability = fsync")
            .farm("f1", Farms.ONE_SERVICE)
            .build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("client-", SOME);
      cluster.awaitSessions("f1", SOME);
      Member hurt = cluster.followers().get(0);
      hurt.kill();
      final Path log = loseTheLog(hurt);

      assertThat(hurt.start().daemon().awaitExit()).isEqualTo(CONFIGURATION);
      String way = "mv " + log + " " + log + ".damaged";
      assertThat(hurt.output())
          .contains("this member has acknowledged index")
          .contains("the disk has lost what others count on")
          .contains(way);

      Command.run(List.of(way.split(" "))).ok();
      hurt.start();
      cluster.awaitSessions("f1", SOME);
      leader.pound("f1").traffic("after-", SOME);
      cluster.awaitSessions("f1", 2 * SOME);
      assertThat(leader.ctl("digest").exit()).isZero();
    }
  }

  /** With everything, ledgers too, it is a new member by all that it knows: the others fill it. */
  @Test
  void aMemberThatLostEverythingIsFilledAndItsVoteCountsAgain() {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .line("cluster.durability = fsync")
            .farm("f1", Farms.ONE_SERVICE)
            .build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("client-", SOME);
      cluster.awaitSessions("f1", SOME);
      Member emptied = cluster.followers().get(0);
      emptied.kill();
      emptied.wipe();
      emptied.start();
      cluster.awaitSessions("f1", SOME);

      cluster.followers().stream().filter(one -> one != emptied).forEach(Member::kill);
      leader.pound("f1").traffic("with-it-", SOME);
      cluster.awaitSessions("f1", 2 * SOME);
    }
  }

  /** Returns the directory that it was in. */
  private static Path loseTheLog(Member member) throws IOException {
    List<Path> lost;
    try (Stream<Path> files = Files.walk(member.data())) {
      lost =
          files
              .filter(file -> file.getFileName().toString().matches("ssyncd-.*\\.(log|snapshot)"))
              .toList();
    }
    for (Path file : lost) {
      Files.delete(file);
    }
    return lost.get(0).getParent();
  }
}
