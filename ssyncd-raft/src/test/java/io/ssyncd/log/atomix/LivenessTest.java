package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivenessTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  /** Atomix would not speak to it before 60 s after its first failure. */
  private static final int FAILURES = 30;

  @TempDir Path directory;

  /** After an absence Atomix' leader says nothing to a member for up to a minute. */
  @Test
  void aMemberThatIsBackInReachIsSpokenToAtOnce() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      ServerThread thread = new ServerThread(c.context);
      Duration patience = Duration.ofSeconds(10);
      thread.run(
          () -> {
            c.context.setTerm(1);
            c.context.transition(RaftServer.Role.LEADER);
          },
          patience);
      RaftMemberContext back = c.context.getCluster().getMemberState(MemberId.from("A"));
      RaftMemberContext away = c.context.getCluster().getMemberState(MemberId.from("B"));
      Liveness liveness =
          new Liveness(c.context, new HeardTimes(), name -> name.equals("A"), () -> true);
      thread.run(
          () -> {
            for (int i = 0; i < FAILURES; i++) {
              back.incrementFailureCount();
              away.incrementFailureCount();
            }
            liveness.tick();
          },
          patience);
      assertThat(back.getFailureCount()).isZero();
      assertThat(away.getFailureCount()).isEqualTo(FAILURES);
    }
  }
}
