package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomix.protocols.raft.RaftServer;
import io.ssyncd.log.atomix.disk.VoteLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trap 1: Atomix forgets its vote when it hears of a leader, and gives another in that term. */
class DoubleVoteTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  void trap1_noSecondVoteAfterTheLeaderWasHeardAndLost() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.votes("A", 5)).isTrue();
      c.heartbeat("A", 5);
      // What the follower's timer does when the leader is silent.
      new ServerThread(c.context).run(() -> c.context.setLeader(null), Duration.ofSeconds(10));
      assertThat(c.votes("B", 5)).isFalse();
      assertThat(c.context.getTerm()).isEqualTo(5);
    }
  }

  @Test
  void trap1_noSecondVoteAfterARestart() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.votes("A", 7)).isTrue();
      c.heartbeat("A", 7);
    }
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.context.getTerm()).isEqualTo(7);
      assertThat(c.votes("B", 7)).isFalse();
      assertThat(c.votes("B", 8)).isTrue();
      assertThat(c.votes("A", 8)).isFalse();
    }
  }

  /** Whatever becomes of the file in which Atomix keeps term and vote. */
  @Test
  void trap1_noSecondVoteWithoutAtomixOwnFile() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.votes("A", 7)).isTrue();
    }
    Files.delete(directory.resolve("ssyncd.meta"));
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.votes("B", 6)).isFalse();
      assertThat(c.votes("B", 7)).isFalse();
    }
  }

  @Test
  void theOwnCandidacyIsAVoteAndWrittenBeforeOthersAreAsked() throws Exception {
    long term;
    try (BareServer c = new BareServer(directory, NEVER)) {
      new ServerThread(c.context)
          .run(() -> c.context.transition(RaftServer.Role.CANDIDATE), Duration.ofSeconds(10));
      assertThat(c.sent("vote")).isEqualTo(2);
      term = c.context.getTerm();
      assertThat(c.ledgers.votes().vote(term)).isEqualTo("C");
    }
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.votes("A", term)).isFalse();
      assertThat(c.votes("A", term + 1)).isTrue();
    }
  }

  @Test
  void aPollIsNoVote() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.polls("A", 5)).isTrue();
      assertThat(c.ledgers.votes().term()).isZero();
      assertThat(c.polls("B", 5)).isTrue();
      assertThat(c.votes("B", 5)).isTrue();
    }
  }

  /** A vote that cannot be written is not given. */
  @Test
  void aVoteThatCannotBeWrittenIsNotGiven() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      c.ledgers.votes().close();
      assertThatThrownBy(() -> c.votes("A", 5)).isInstanceOf(TimeoutException.class);
    }
    try (VoteLedger votes = VoteLedger.open(directory)) {
      assertThat(votes.term()).isZero();
    }
  }
}
