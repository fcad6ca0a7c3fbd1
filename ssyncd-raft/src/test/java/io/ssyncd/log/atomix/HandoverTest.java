package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest {
  private static final MemberId A = MemberId.from("A");

  @TempDir Path directory;

  private static void onThread(BareServer server, Runnable task) throws Exception {
    new ServerThread(server.context).run(task, Duration.ofSeconds(10));
  }

  /** Nobody answers it, and nobody is elected instead. */
  private static void lead(BareServer server) throws Exception {
    onThread(
        server,
        () -> {
          server.context.setTerm(1);
          server.context.transition(RaftServer.Role.LEADER);
        });
  }

  private static boolean answer(CompletableFuture<Boolean> may) throws Exception {
    return may.get(10, TimeUnit.SECONDS);
  }

  /** It waited for 3 s, and stepped down for a member that had waited for one. */
  @Test
  void aLeaderWaitsLessThanItsHeir() {
    for (int millis : new int[] {1, 500, 1_500, 20_000}) {
      Duration election = Duration.ofMillis(millis);
      assertThat(Handover.patience(election)).isLessThan(Embedding.requestTimeout(election));
    }
  }

  @Test
  void whoDoesNotLeadKeepsNobodyWaiting() throws Exception {
    try (BareServer c = new BareServer(directory, Duration.ofMinutes(10))) {
      assertThat(answer(new Handover(c.context).mayGoTo(A))).isTrue();
    }
  }

  @Test
  void thePlaceGoesToWhoHoldsWhatTheLeaderHolds() throws Exception {
    try (BareServer c = new BareServer(directory, Duration.ofMinutes(10))) {
      Handover handover = new Handover(c.context);
      lead(c);
      CompletableFuture<Boolean> may = handover.mayGoTo(A);
      onThread(c, () -> assertThat(may).as("A holds nothing").isNotDone());
      onThread(
          c,
          () ->
              c.context
                  .getCluster()
                  .getMemberState(A)
                  .setMatchIndex(c.context.getLogWriter().getLastIndex()));
      assertThat(answer(may)).isTrue();
    }
  }

  @Test
  void anHeirThatStaysBehindIsRefused() throws Exception {
    try (BareServer c = new BareServer(directory, Duration.ofMinutes(10))) {
      lead(c);
      c.context.setElectionTimeout(Duration.ofMillis(20));
      assertThat(answer(new Handover(c.context).mayGoTo(A))).isFalse();
    }
  }
}
