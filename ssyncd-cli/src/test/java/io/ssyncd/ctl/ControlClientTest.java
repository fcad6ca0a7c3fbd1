package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ssyncd.daemon.control.Exit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlClientTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path dir;

  @Test
  void aDaemonThatStandsStillIsNotWaitedForForEver() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ServerSocketChannel stopped = listening(path)) {
      assertThat(stopped.isOpen()).isTrue();
      ControlException failure = failure(path);
      assertThat(failure.exit()).isEqualTo(Exit.TRY_AGAIN);
      assertThat(failure).hasMessageContaining("did not answer").hasMessageContaining("s.sock");
    }
  }

  @Test
  void norIsOneThatStandsStillInTheMiddleOfItsAnswer() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ServerSocketChannel server = listening(path)) {
      List<SocketChannel> kept = new ArrayList<>();
      Thread daemon =
          new Thread(
              () -> {
                try {
                  SocketChannel client = server.accept();
                  kept.add(client);
                  client.write(ByteBuffer.wrap("{\"item\":{}}\n".getBytes(StandardCharsets.UTF_8)));
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      daemon.start();
      assertThat(failure(path).exit()).isEqualTo(Exit.TRY_AGAIN);
      daemon.join();
      for (SocketChannel client : kept) {
        client.close();
      }
    }
  }

  /** Whoever listened where the master should be could draw on the operator's terminal. */
  @Test
  void controlCharactersInARefusalAreShownAndNotObeyed() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ServerSocketChannel server = listening(path)) {
      Thread daemon =
          new Thread(
              () -> {
                try (SocketChannel client = server.accept()) {
                  client.read(ByteBuffer.allocate(1024));
                  String answer = "{\"exit\":75,\"error\":\"it says\\u001b[2J\\nand more\"}\n";
                  client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      daemon.start();
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
      assertThat(Main.run(err, err, "--socket", path.toString(), "members"))
          .isEqualTo(Exit.TRY_AGAIN);
      daemon.join();
      assertThat(said.toString(StandardCharsets.UTF_8))
          .isEqualTo("ssyncdctl: it says\\x1b[2J\nand more\n");
    }
  }

  private static ServerSocketChannel listening(Path path) throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    return server;
  }

  private static ControlException failure(Path path) {
    return catchThrowableOfType(
        ControlException.class,
        () -> ControlClient.ask(path, Main.request("status"), SHORT, item -> {}));
  }
}
