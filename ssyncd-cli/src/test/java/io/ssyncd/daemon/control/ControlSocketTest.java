package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlSocketTest {
  @TempDir Path dir;

  @Test
  void aRequestIsAnsweredOnASocketOfTheStatedMode() throws Exception {
    Path path = dir.resolve("own").resolve("s.sock");
    try (ControlSocket socket = socket(path, Duration.ofSeconds(30))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-rw----");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
          .isEqualTo("rwxr-x---");
      assertThat(ask(path, "{\"verb\":\"hello\"}\n"))
          .isEqualTo("{\"exit\":0,\"result\":{\"verb\":\"hello\"}}\n");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void badRequestsAreRefusedByName() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ControlSocket socket = socket(path, Duration.ofSeconds(30))) {
      assertThat(ask(path, "no json\n")).contains("\"exit\":64").contains("not JSON");
      assertThat(ask(path, "[1]\n")).contains("\"exit\":64").contains("not a JSON object");
      assertThat(ask(path, "x".repeat(ControlSocket.MAX_REQUEST_BYTES)))
          .contains("\"exit\":64")
          .contains("at most " + ControlSocket.MAX_REQUEST_BYTES);
      assertThat(ask(path, "{\"verb\":\"hello\"}\n")).contains("\"exit\":0");
    }
  }

  @Test
  void oneConnectionTooManyIsToldToTryAgain() throws Exception {
    Path path = dir.resolve("s.sock");
    List<SocketChannel> idle = new ArrayList<>();
    try (ControlSocket socket = socket(path, Duration.ofSeconds(30))) {
      for (int i = 0; i < ControlSocket.MAX_CONNECTIONS; i++) {
        idle.add(connect(path));
      }
      await().untilAsserted(() -> assertThat(ask(path, "{}\n")).contains("\"exit\":75"));
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
  }

  @Test
  void aClientThatNeverSpeaksIsCutOff() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ControlSocket socket = socket(path, Duration.ofMillis(100));
        SocketChannel silent = connect(path)) {
      assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void halfRequestsDoNotKeepOperatorsOutForLong() throws Exception {
    Path path = dir.resolve("s.sock");
    List<SocketChannel> half = new ArrayList<>();
    try (ControlSocket socket = socket(path, Duration.ofMillis(500), Duration.ofHours(1))) {
      for (int i = 0; i < ControlSocket.MAX_CONNECTIONS; i++) {
        SocketChannel channel = connect(path);
        channel.write(ByteBuffer.wrap("{\"verb\":".getBytes(StandardCharsets.UTF_8)));
        half.add(channel);
      }
      await().untilAsserted(() -> assertThat(ask(path, "{}\n")).contains("\"exit\":0"));
      for (SocketChannel channel : half) {
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    } finally {
      for (SocketChannel channel : half) {
        channel.close();
      }
    }
  }

  @Test
  void whatADeadDaemonLeftIsReplaced() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    try (ControlSocket socket = socket(path, Duration.ofSeconds(30))) {
      assertThat(ask(path, "{}\n")).contains("\"exit\":0");
    }
  }

  @Test
  void aSocketThatSomebodyRemovedIsMadeAnew() throws Exception {
    Path path = dir.resolve("own").resolve("s.sock");
    try (ControlSocket socket = socket(path, Duration.ofMillis(500))) {
      Files.delete(path);
      Files.delete(path.getParent());
      await().until(() -> Files.exists(path));
      await().untilAsserted(() -> assertThat(ask(path, "{}\n")).contains("\"exit\":0"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-rw----");
    }
    assertThat(path).doesNotExist();
  }

  /** The start waited for it without an end. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDaemonThatHangsIsLeftAloneAndNotWaitedFor() throws Exception {
    Path path = dir.resolve("h.sock");
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    try (ServerSocketChannel hung = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      hung.bind(address, 1);
      first.connect(address);
      second.connect(address);
      assertThatThrownBy(() -> socket(path, Duration.ofSeconds(30)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("living daemon");
      assertThat(path).exists();
    }
  }

  @Test
  void aDirectoryAFileAndALivingDaemonAreLeftAlone() throws Exception {
    Path directory = Files.createDirectory(dir.resolve("d.sock"));
    Path file = Files.writeString(dir.resolve("f.sock"), "precious");
    Path living = dir.resolve("l.sock");
    try (ControlSocket socket = socket(living, Duration.ofSeconds(30))) {
      for (Path path : List.of(directory, file, living)) {
        assertThatThrownBy(() -> socket(path, Duration.ofSeconds(30)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(path.toString());
      }
      assertThat(ask(living, "{}\n")).contains("\"exit\":0");
    }
    assertThat(file).hasContent("precious");
  }

  @Test
  void whatIsNoSocketIsNotTakenForADeadDaemons() throws Exception {
    Path pipe = dir.resolve("p.sock");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> socket(pipe, Duration.ofSeconds(30)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(pipe + " is not a socket");
    assertThat(pipe).exists();
  }

  @Test
  void aClientThatHasEnoughSaysSoBehindItsRequest() throws Exception {
    Path path = dir.resolve("s.sock");
    try (ControlSocket socket =
            socket(
                path,
                (request, reply) -> {
                  assertThat(reply.isEnough()).isFalse();
                  reply.item(request);
                  reply.flush();
                  await().until(reply::isEnough);
                  reply.result(Exit.OK, request);
                },
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
        SocketChannel channel = connect(path)) {
      channel.write(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(channel.read(ByteBuffer.allocate(64))).isPositive();
      channel.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(64);
      assertThat(channel.read(answer)).isPositive();
      assertThat(StandardCharsets.UTF_8.decode(answer.flip()).toString()).contains("\"exit\":0");
    }
  }

  /** A socket whose every answer is the request. */
  private static ControlSocket socket(Path path, Duration patience) throws IOException {
    return socket(path, patience, patience);
  }

  private static ControlSocket socket(Path path, Duration requestPatience, Duration patience)
      throws IOException {
    return socket(
        path, (request, reply) -> reply.result(Exit.OK, request), requestPatience, patience);
  }

  private static ControlSocket socket(
      Path path, Requests requests, Duration requestPatience, Duration patience)
      throws IOException {
    ControlSocket socket =
        new ControlSocket(
            path,
            PosixFilePermissions.fromString("rw-rw----"),
            Optional.empty(),
            requests,
            requestPatience,
            patience);
    socket.start();
    return socket;
  }

  private static SocketChannel connect(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
    return channel;
  }

  private static String ask(Path path, String request) throws IOException {
    try (SocketChannel channel = connect(path)) {
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      StringBuilder answer = new StringBuilder();
      ByteBuffer in = ByteBuffer.allocate(4096);
      while (channel.read(in) >= 0) {
        answer.append(StandardCharsets.UTF_8.decode(in.flip()));
        in.clear();
      }
      return answer.toString();
    }
  }
}
