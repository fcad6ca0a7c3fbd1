package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.ssyncd.log.LogUnavailableException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeirTest {
  private static final Duration NEVER = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path directory;

  private static int listeners(RaftContext context) throws ReflectiveOperationException {
    Field listeners = RaftContext.class.getDeclaredField("electionListeners");
    listeners.setAccessible(true);
    return ((Set<?>) listeners.get(context)).size();
  }

  /** Who was asked to lead while there was no majority left one behind each time. */
  @Test
  void aWaitForALeaderThatDoesNotComeLeavesNoListener() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      int before = listeners(c.context);
      assertThatThrownBy(
              () -> new Heir(c.context, Duration.ofMillis(20)).lead().get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("no leader is known");
      assertThat(listeners(c.context)).isEqualTo(before);
      assertThat(c.sent("transfer")).isZero();
    }
  }

  /** A hands its place to C, which stands for election in the next term. */
  private static CompletableFuture<Void> handedOver(BareServer c) throws Exception {
    c.answer("transfer", TransferResponse.builder().withStatus(RaftResponse.Status.OK).build());
    c.heartbeat("A", 1);
    CompletableFuture<Void> leads = new Heir(c.context).lead();
    await().atMost(PATIENCE).until(() -> c.sent("vote") > 0);
    return leads;
  }

  /** It went on, and deposed that one as well. */
  @Test
  void whoIsPassedOverGivesUp() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      CompletableFuture<Void> leads = handedOver(c);
      c.heartbeat("B", 3);
      assertThatThrownBy(() -> leads.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("B was elected instead of it, in term 3");
      assertThat(c.sent("transfer")).isEqualTo(1);
      assertThat(c.context.getTerm()).isEqualTo(3);
    }
  }

  @Test
  void aLeaderThatGetsItsPlaceBackIsAskedAgain() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      CompletableFuture<Void> leads = handedOver(c);
      c.heartbeat("A", 3);
      await().atMost(PATIENCE).until(() -> c.sent("transfer") == 2);
      assertThat(leads).isNotDone();
    }
  }
}
