package io.ssyncd.daemon.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ControlQuestionTest {
  private static final Duration PATIENCE = Duration.ofMillis(200);

  @TempDir Path directory;

  /**
   * It held up a promotion for ever: the kernel takes connections for a process that is stopped.
   */
  @Test
  @Timeout(60)
  void aDaemonThatTakesTheQuestionAndHangsIsNotWaitedForForever() throws IOException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel hangs = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      hangs.bind(UnixDomainSocketAddress.of(socket));
      assertThat(ControlQuestion.ask(socket, "ping", PATIENCE)).isEmpty();
    }
    assertThat(ControlQuestion.ask(socket, "ping", PATIENCE)).isEmpty();
  }
}
