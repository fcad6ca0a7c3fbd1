package io.ssyncd.daemon.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ssyncd.daemon.control.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OldSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] MODE = HexFormat.of().parseHex("efab07060011");
  private static final Requests VERBS =
      (request, reply) ->
          reply.result(0, JsonNodeFactory.instance.objectNode().put("mode", "master"));

  @TempDir Path dir;
  private OldSocket socket;

  private Path begin() {
    return begin(PATIENCE);
  }

  private Path begin(Duration patience) {
    Path path = dir.resolve("ssyncd_path");
    socket = new OldSocket(path, VERBS, patience).begin();
    return path;
  }

  @AfterEach
  void end() {
    if (socket != null) {
      socket.close();
    }
  }

  private static String ask(Path path, byte[]... pieces) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      for (byte[] piece : pieces) {
        channel.write(ByteBuffer.wrap(piece));
      }
      return read(channel);
    }
  }

  private static String read(SocketChannel channel) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(1024);
    try {
      while (channel.read(in) >= 0) {
        answer.write(in.array(), 0, in.position());
        in.clear();
      }
    } catch (IOException reset) {
      // Closing over bytes that nobody read does so; what came before counts.
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  private void awaitAnswers(Path path) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> ask(path, MODE).equals("master"));
  }

  @Test
  void theOwnerAloneMayUseItAndNothingIsLeftBehind() throws IOException {
    Path path = begin();
    awaitAnswers(path);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(dir).isDirectoryContaining(file -> file.equals(path));
    try (var files = Files.list(dir)) {
      assertThat(files).containsExactly(path);
    }
    socket.close();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void whatIsNotOursIsNeitherFollowedNorReplaced() throws IOException {
    Path path = dir.resolve("ssyncd_path");
    Path target = Files.writeString(dir.resolve("precious"), "precious");
    Files.createSymbolicLink(path, target);
    begin();
    await().atMost(PATIENCE).until(() -> !socket.warnings().isEmpty());
    assertThat(socket.warnings().get(0).text()).contains(path.toString(), "left alone");
    assertThat(Files.isSymbolicLink(path)).isTrue();
    assertThat(target).hasContent("precious");
    Files.delete(path);
    Files.writeString(path, "a file");
    await()
        .atMost(PATIENCE)
        .during(Duration.ofMillis(100))
        .until(() -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
    Files.delete(path);
    awaitAnswers(path);
    assertThat(socket.warnings()).isEmpty();
  }

  @Test
  void aSymbolicLinkToNowhereIsNotFollowed() throws IOException {
    Path path = dir.resolve("ssyncd_path");
    Files.createSymbolicLink(path, dir.resolve("nowhere"));
    assertThatThrownBy(() -> OldSocketFile.listen(path)).isInstanceOf(IOException.class);
    assertThat(dir.resolve("nowhere")).doesNotExist();
  }

  @Test
  void theOldDaemonsSocketIsLeftToItAndADeadOnesIsReplaced() throws IOException {
    Path path = dir.resolve("ssyncd_path");
    ServerSocketChannel old = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    old.bind(UnixDomainSocketAddress.of(path));
    begin();
    await().atMost(PATIENCE).until(() -> !socket.warnings().isEmpty());
    assertThat(socket.warnings().get(0).text()).contains("living daemon");
    old.close();
    awaitAnswers(path);
  }

  /** The probe waited for room in the queue, and with it the end of the daemon. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anOldDaemonThatTakesNoClientsIsLeftAloneAndNotWaitedFor() throws IOException {
    Path path = dir.resolve("ssyncd_path");
    try (ServerSocketChannel hung = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      hung.bind(UnixDomainSocketAddress.of(path), 1);
      first.connect(UnixDomainSocketAddress.of(path));
      second.connect(UnixDomainSocketAddress.of(path));
      assertThatThrownBy(() -> OldSocketFile.listen(path)).hasMessageContaining("living daemon");
    }
  }

  @Test
  void aDirectoryWhereEverybodyMayReplaceFilesIsNotTrusted() throws IOException {
    Path open = Files.createDirectory(dir.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> OldSocketFile.listen(open.resolve("s")))
        .hasMessageContaining("sticky");
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void aSocketThatSomebodyTidiedAwayComesBack() throws IOException {
    Path path = begin();
    awaitAnswers(path);
    Files.delete(path);
    awaitAnswers(path);
  }

  @Test
  void requestsInPiecesAreWholeOnes() throws IOException {
    Path path = begin();
    awaitAnswers(path);
    byte[][] pieces = new byte[MODE.length][];
    for (int i = 0; i < MODE.length; i++) {
      pieces[i] = new byte[] {MODE[i]};
    }
    assertThat(ask(path, pieces)).isEqualTo("master");
  }

  @Test
  void hostileBytesAreAnsweredOrLetGoAndHurtNothing() throws IOException {
    Path path = begin();
    awaitAnswers(path);
    String[] hostile = {
      "474554202f20485454502f312e310d0a", // an HTTP request
      "efab07ffff11", // longer than a request may be
      "efab07000011", // shorter than one can be
      "efab070a000202663100", // more than its name says
      "efab07080002ff66", // a name that is cut
      "efab0706000b", // a table without a name
      "efab070900020000ff", // an empty name, and something behind it
      "efab070800020180", // a name that is no UTF-8
    };
    for (String hex : hostile) {
      String answer = ask(path, HexFormat.of().parseHex(hex));
      assertThat(answer).as(hex).isIn("Command error", "");
    }
    assertThat(ask(path, HexFormat.of().parseHex("efab070600ff"))).isEqualTo("Command no found\n");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[1 + random.nextInt(64)];
      random.nextBytes(bytes);
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(path));
        channel.write(ByteBuffer.wrap(bytes));
        channel.shutdownOutput();
        assertThat(read(channel)).as("seed " + seed).isIn("Command error", "");
      }
    }
    awaitAnswers(path);
    assertThat(socket.malformed()).isPositive();
  }

  @Test
  void clientsThatSayNothingAreCutOffAndThoseBeyondTheBoundRefused() throws IOException {
    Path path = begin(Duration.ofSeconds(1));
    awaitAnswers(path);
    SocketChannel[] silent = new SocketChannel[OldSocket.MAX_CONNECTIONS + 4];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = SocketChannel.open(StandardProtocolFamily.UNIX);
      silent[i].connect(UnixDomainSocketAddress.of(path));
    }
    await().atMost(PATIENCE).until(() -> socket.refused() > 0);
    awaitAnswers(path);
    for (SocketChannel channel : silent) {
      channel.close();
    }
  }
}
