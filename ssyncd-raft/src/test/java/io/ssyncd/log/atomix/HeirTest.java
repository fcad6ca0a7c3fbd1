package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomix.protocols.raft.impl.RaftContext;
import io.ssyncd.log.LogUnavailableException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeirTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

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
}
