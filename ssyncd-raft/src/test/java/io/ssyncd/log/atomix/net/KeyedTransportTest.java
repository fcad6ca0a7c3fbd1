package io.ssyncd.log.atomix.net;

import static io.ssyncd.log.atomix.net.Echoes.HI;
import static io.ssyncd.log.atomix.net.Echoes.TIMEOUT;
import static io.ssyncd.log.atomix.net.Echoes.awaitFailure;
import static io.ssyncd.log.atomix.net.Echoes.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ssyncd.log.SharedKey;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that share a key, and who does not hold it. */
class KeyedTransportTest {
  @TempDir Path dir;

  private final Echoes echoes = new Echoes();
  private final Map<String, Identity.Endpoint> members = echoes.members;

  @AfterEach
  void stop() {
    echoes.close();
  }

  private SharedKey key(String of) throws IOException {
    Path file = Files.writeString(dir.resolve(of), of.repeat(40));
    return SharedKey.read(
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")));
  }

  private Transport keyed(String name, String key) throws IOException {
    return echoes.begin(
        Transport.keyed(new Identity("test", name, members), List.of(), key(key), Reach.ALL));
  }

  private Transport plain(String name) throws IOException {
    return echoes.begin(new Transport(new Identity("test", name, members), Reach.ALL));
  }

  private static long wrongKeys(Transport of) {
    return of.counters().snapshot().get("wrong_keys");
  }

  @Test
  void membersWithTheSameKeyTalk() throws Exception {
    Transport a = keyed("a", "k");
    Transport b = keyed("b", "k");
    assertThat(echo(a, "b")).isEqualTo("hi");
    assertThat(echo(b, "a")).isEqualTo("hi");
    assertThat(wrongKeys(a) + wrongKeys(b)).isZero();
  }

  @Test
  void anotherKeyIsRefusedAndBothSidesAreTold() throws Exception {
    Transport a = keyed("a", "k");
    Transport b = keyed("b", "l");
    awaitFailure(a, "b", "the shared key is not the same on both");
    assertThat(wrongKeys(b)).isPositive();
  }

  @Test
  void withoutAKeyNobodyTalksToAMemberThatHasOne() throws Exception {
    Transport a = plain("a");
    Transport b = keyed("b", "k");
    awaitFailure(a, "b", "--key-file");
    awaitFailure(b, "a", "--key-file");
    assertThat(wrongKeys(b)).isPositive();
    assertThat(wrongKeys(a)).isPositive();
  }

  /** It welcomes whoever comes, and has nothing to prove it with. */
  @Test
  void whoOnlyPretendsToBeTheMemberIsNotBelieved() throws Exception {
    try (ServerSocket unused = impostor(Welcome.OK)) {
      Transport a = keyed("a", "k");
      awaitFailure(a, "b", "does not prove that it holds the shared key");
      assertThat(wrongKeys(a)).isPositive();
    }
  }

  /** The status told the operator to empty the directory that had the only data. */
  @Test
  void whoHoldsNoKeyCannotSayThatTheClusterIsNoMore() throws Exception {
    try (ServerSocket unused = impostor(Welcome.ended("this is cluster other, not test"))) {
      Transport a = keyed("a", "k");
      awaitFailure(a, "b", "this is cluster other");
      assertThat(a.gone()).isFalse();
      assertThat(a.outside()).isNull();
    }
  }

  /** Answers at the address of b. */
  private ServerSocket impostor(Welcome answer) throws IOException {
    Identity.Endpoint b = members.get("b");
    ServerSocket impostor = new ServerSocket(b.port(), 8, InetAddress.getByName(b.host()));
    Thread accepts =
        new Thread(
            () -> {
              while (!impostor.isClosed()) {
                try (Socket caller = impostor.accept()) {
                  ByteBuf welcome = answer.encode(UnpooledByteBufAllocator.DEFAULT);
                  welcome.readBytes(caller.getOutputStream(), welcome.readableBytes());
                  int unused = caller.getInputStream().read(new byte[Hello.MAX_BYTES]);
                } catch (IOException e) {
                  continue; // the test ends, or the caller hung up
                }
              }
            },
            "impostor");
    accepts.setDaemon(true);
    accepts.start();
    return impostor;
  }

  /** A recorded greeting is of yesterday's nonce. */
  @Test
  void aProofOfAnotherConnectionIsRefused() throws Exception {
    Transport b = keyed("b", "k");
    KeyExchange.Connecting first =
        new KeyExchange.Connecting(key("k"), new Hello("test", "a", "b"));
    byte[] hello = bytes(first.hello(UnpooledByteBufAllocator.DEFAULT));
    byte[] proof;
    try (Socket socket = connect("b")) {
      socket.getOutputStream().write(hello);
      proof = bytes(first.answered(message(socket), UnpooledByteBufAllocator.DEFAULT));
    }
    try (Socket socket = connect("b")) {
      socket.getOutputStream().write(hello);
      ByteBuf unused = message(socket);
      socket.getOutputStream().write(proof);
      assertThat(Welcome.decode(message(socket)).text()).contains("not the same on both");
    }
    assertThat(wrongKeys(b)).isEqualTo(1);
  }

  /** What the one that is asked proves cannot be shown to it as a caller's proof. */
  @Test
  void theTwoProofsDiffer() throws Exception {
    Hello hello = new Hello("test", "a", "b");
    KeyExchange.Connecting connects = new KeyExchange.Connecting(key("k"), hello);
    KeyExchange.Accepting accepts =
        new KeyExchange.Accepting(
            key("k"), connects.hello(UnpooledByteBufAllocator.DEFAULT).skipBytes(2));
    ByteBuf reflected = accepts.proof(UnpooledByteBufAllocator.DEFAULT).skipBytes(2);
    assertThat(accepts.proves(reflected)).isFalse();
  }

  @Test
  void hostileGreetingsEndTheirOwnConnectionAlone() throws Exception {
    Transport a = keyed("a", "k");
    Transport unused = keyed("b", "k");
    byte[][] hostile = {
      {0, 1, 2},
      {0, 6, 0x73, 0x73, 0x79, 0x64, 2, 1},
      {0, 6, 0x73, 0x73, 0x79, 0x64, 2, 3},
      {0, 7, 0x73, 0x73, 0x79, 0x64, 2, 1, (byte) 255},
      {(byte) 255, (byte) 255, 0},
    };
    for (byte[] bytes : hostile) {
      try (Socket socket = connect("b")) {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        while (socket.getInputStream().read() >= 0) {
          continue; // a refusal may come before the end
        }
      } catch (IOException reset) {
        continue;
      }
    }
    assertThat(echo(a, "b")).isEqualTo("hi");
  }

  @Test
  void aStrangerIsHeardOnceItHasProvedTheKey() throws Exception {
    Transport b = keyed("b", "k");
    b.introduce(
        (name, at, request) ->
            CompletableFuture.completedFuture(
                (name + " at " + at.getAddress().getHostAddress())
                    .getBytes(StandardCharsets.UTF_8)));
    byte[] answer = visit("k");
    assertThat(new String(answer, StandardCharsets.UTF_8))
        .isEqualTo("new at " + members.get("b").host());
    assertThatIOException()
        .isThrownBy(() -> visit("l"))
        .withMessageContaining("the shared key is not the same on both");
  }

  private byte[] visit(String key) throws IOException {
    Identity.Endpoint b = members.get("b");
    return Visit.ask(
        "new",
        InetAddress.getByName(members.get("a").host()),
        new InetSocketAddress(b.host(), b.port()),
        Optional.of(key(key)),
        HI);
  }

  private Socket connect(String to) throws IOException {
    Socket socket = new Socket(members.get(to).host(), members.get(to).port());
    socket.setSoTimeout((int) TIMEOUT.toMillis());
    return socket;
  }

  private static ByteBuf message(Socket from) throws IOException {
    DataInputStream in = new DataInputStream(from.getInputStream());
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }
}
