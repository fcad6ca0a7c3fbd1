package io.ssyncd.log.atomix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LoopbackNetwork;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransportTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  private final Map<String, Identity.Endpoint> members = new HashMap<>();
  private final List<Transport> started = new ArrayList<>();

  @BeforeEach
  void chooseAddresses() {
    LoopbackNetwork network = LoopbackNetwork.unused();
    members.put("a", new Identity.Endpoint(network.address(1), LoopbackNetwork.PORT));
    members.put("b", new Identity.Endpoint(network.address(2), LoopbackNetwork.PORT));
  }

  @AfterEach
  void stop() {
    started.forEach(transport -> transport.stop(SECOND));
  }

  private Transport start(String name, String cluster, Reach reach) throws IOException {
    Transport transport = new Transport(new Identity(cluster, name, members), reach);
    transport.handle(
        "echo",
        (from, bytes) ->
            CompletableFuture.completedFuture(
                (from + ":" + new String(bytes, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8)));
    transport.start();
    started.add(transport);
    return transport;
  }

  private Transport start(String name) throws IOException {
    return start(name, "test", Reach.ALL);
  }

  private static String echo(Transport from, String to) throws Exception {
    return new String(
        from.ask(to, "echo", HI, SECOND).get(5, TimeUnit.SECONDS), StandardCharsets.UTF_8);
  }

  private static boolean echoes(Transport from, String to) {
    try {
      echo(from, to);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  private Socket connect(String to) throws IOException {
    Identity.Endpoint where = members.get(to);
    // From the address of a member: others are not heard.
    InetAddress from = InetAddress.getByName(members.get("a").host());
    return new Socket(InetAddress.getByName(where.host()), where.port(), from, 0);
  }

  private static int readAll(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    return socket.getInputStream().readAllBytes().length;
  }

  @Test
  void aMemberIsAskedAndAnswersBothWays() throws Exception {
    Transport a = start("a");
    Transport b = start("b");
    assertThat(echo(a, "b")).isEqualTo("a:hi");
    assertThat(echo(b, "a")).isEqualTo("b:hi");
  }

  @Test
  void aFailureAndAnUnknownSubjectAreTold() throws Exception {
    Transport a = start("a");
    Transport b = start("b");
    b.handle("boom", (from, bytes) -> CompletableFuture.failedFuture(new IOException("broken")));
    assertThatThrownBy(() -> a.ask("b", "boom", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("broken");
    assertThatThrownBy(() -> a.ask("b", "nothing", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("does not answer nothing");
    assertThat(echo(a, "b")).isEqualTo("a:hi");
  }

  @Test
  void nobodyThereFailsAtOnceAndIsFoundOnceItIsThere() throws Exception {
    Transport a = start("a");
    assertThatThrownBy(() -> a.ask("b", "echo", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ConnectException.class);
    start("b");
    await().atMost(Duration.ofSeconds(5)).until(() -> echoes(a, "b"));
  }

  @Test
  void aMemberThatWasRestartedIsFoundAgain() throws Exception {
    Transport a = start("a");
    Transport b = start("b");
    echo(a, "b");
    b.stop(SECOND);
    assertThat(echoes(a, "b")).isFalse();
    start("b");
    await().atMost(Duration.ofSeconds(5)).until(() -> echoes(a, "b"));
  }

  @Test
  void aPortThatNeverGreetsIsGivenUpAndTriedAgain() throws Exception {
    Transport a = start("a");
    Identity.Endpoint where = members.get("b");
    try (ServerSocket mute =
        new ServerSocket(where.port(), 50, InetAddress.getByName(where.host()))) {
      assertThat(mute.isBound()).isTrue();
      assertThatThrownBy(
              () -> a.ask("b", "echo", HI, Duration.ofSeconds(10)).get(8, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ConnectException.class)
          .hasMessageContaining("did not answer the greeting");
    }
    start("b");
    await().atMost(Duration.ofSeconds(10)).until(() -> echoes(a, "b"));
  }

  @Test
  void silenceIsATimeoutAndTheConnectionIsReplaced() throws Exception {
    AtomicBoolean cut = new AtomicBoolean();
    Transport a = start("a", "test", (from, to) -> !cut.get());
    start("b");
    echo(a, "b");
    cut.set(true);
    assertThatThrownBy(() -> a.ask("b", "echo", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
    cut.set(false);
    await().atMost(Duration.ofSeconds(5)).until(() -> echoes(a, "b"));
    assertThat(a.counters().snapshot())
        .containsEntry("timeouts", 1L)
        .hasEntrySatisfying("connects", count -> assertThat(count).isEqualTo(2));
  }

  @Test
  void anotherClusterIsRefusedByName() throws Exception {
    Transport a = start("a", "elsewhere", Reach.ALL);
    Transport b = start("b");
    assertThatThrownBy(() -> a.ask("b", "echo", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("this is cluster test, not elsewhere");
    assertThat(b.counters().snapshot()).containsEntry("strangers", 1L);
  }

  @Test
  void aMemberThatIsNotConfiguredIsRefused() throws Exception {
    start("b");
    members.put("c", members.get("a"));
    Transport c = start("c");
    assertThatThrownBy(() -> c.ask("b", "echo", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("c is no member of this cluster");
  }

  @Test
  void anAddressOfAnotherMemberIsRefused() throws Exception {
    start("b");
    members.put("c", members.get("b"));
    Transport a = start("a");
    assertThatThrownBy(() -> a.ask("c", "echo", HI, SECOND).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("this is b, not c");
  }

  @Test
  void aSecondMemberOfTheSameNameIsRefused() throws Exception {
    start("b");
    try (Socket socket = connect("b")) {
      new DataOutputStream(socket.getOutputStream()).write(hello("test", "b", "b"));
      assertThat(readAll(socket)).isPositive();
    }
  }

  private static byte[] hello(String cluster, String from, String to) {
    var buffer =
        new Hello(cluster, from, to).encode(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }

  @Test
  void garbageAndHugeLengthsAreDropped() throws Exception {
    Transport b = start("b");
    byte[][] hostile = {
      {(byte) 0xff, (byte) 0xff, 1, 2, 3},
      {0, 10, 'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P'},
      {0, 0},
      {0, 5, 0x73, 0x73, 0x79, 0x64, 9},
    };
    for (byte[] bytes : hostile) {
      try (Socket socket = connect("b")) {
        socket.getOutputStream().write(bytes);
        assertThat(readAll(socket)).isZero();
      }
    }
    try (Socket socket = connect("b")) {
      socket.getOutputStream().write(hello("test", "a", "b"));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readNBytes(in.readUnsignedShort())[5]).isZero();
      // After the welcome a frame of 2 GB.
      socket.getOutputStream().write(new byte[] {0x7f, -1, -1, -1, 1, 2, 3});
      assertThat(readAll(socket)).isZero();
    }
    assertThat(b.counters().snapshot())
        .containsEntry("strangers", 4L)
        .containsEntry("bad_frames", 1L);
    assertThat(echo(start("a"), "b")).isEqualTo("a:hi");
  }

  @Test
  void whoDoesNotGreetIsDropped() throws Exception {
    start("b");
    try (Socket socket = connect("b")) {
      assertThat(readAll(socket)).isZero();
    }
  }

  @Test
  void aMessageThatIsTooLargeIsNotSent() throws Exception {
    Transport a = start("a");
    start("b");
    assertThatThrownBy(
            () -> a.ask("b", "echo", new byte[Frame.MAX_BYTES], SECOND).get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    byte[] large = new byte[Frame.MAX_BYTES - 100];
    assertThat(a.ask("b", "echo", large, SECOND).get(5, TimeUnit.SECONDS))
        .hasSize(large.length + 2);
  }

  @Test
  void noMoreThanSoManyRequestsWait() throws Exception {
    Transport a = start("a");
    Transport b = start("b");
    b.handle("never", (from, bytes) -> new CompletableFuture<>());
    List<CompletableFuture<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < Outgoing.MAX_PENDING; i++) {
      all.add(a.ask("b", "never", HI, Duration.ofSeconds(30)));
    }
    assertThatThrownBy(() -> a.ask("b", "echo", HI, SECOND).get(1, TimeUnit.SECONDS))
        .hasMessageContaining("wait already");
    assertThat(all).noneMatch(CompletableFuture::isDone);
    assertThat(a.counters().snapshot()).containsEntry("full_links", 1L);
  }

  @Test
  void aThousandStrangersWhoSayNothingKeepNoMemberOut() throws Exception {
    Transport b = start("b");
    Transport a = start("a");
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        open.add(connect("b"));
      }
      assertThat(echo(a, "b")).isEqualTo("a:hi");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  b.counters().snapshot().get("too_many_connections") >= 1000 - Lobby.MOST_UNKNOWN);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void ofOneMemberNoMoreThanSoManyConnectionsStayOpen() throws Exception {
    Transport b = start("b");
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < Lobby.MOST_OF_ONE + 1; i++) {
      Socket socket = connect("b");
      open.add(socket);
      socket.getOutputStream().write(hello("test", "a", "b"));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readNBytes(in.readUnsignedShort())[5]).isZero();
    }
    assertThat(readAll(open.get(0))).isZero();
    assertThat(b.counters().snapshot()).containsEntry("too_many_connections", 1L);
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Test
  void tlsToAPlainPortIsToldFromGarbage() throws Exception {
    Transport b = start("b");
    try (Socket socket = connect("b")) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8))
          .contains("this member speaks plain text");
      assertThat(readAll(socket)).isZero();
    }
    assertThat(b.counters().snapshot()).containsEntry("mixed_transports", 1L);
  }

  @Test
  void aPortThatIsTakenIsAnError() throws Exception {
    Identity.Endpoint where = members.get("b");
    try (ServerSocket taken =
        new ServerSocket(where.port(), 1, InetAddress.getByName(where.host()))) {
      assertThat(taken.isBound()).isTrue();
      assertThatIOException().isThrownBy(() -> start("b"));
    }
    start("b");
  }

  @Test
  void whoConnectsFromAnAddressThatIsNotAllowedIsToldSoAndCounted() throws Exception {
    Transport here = start("a");
    members.put("c", new Identity.Endpoint("127.0.0.3", members.get("b").port()));
    Transport stranger = new Transport(new Identity("test", "c", members), Reach.ALL);
    started.add(stranger);
    await().atMost(SECOND.multipliedBy(10)).until(() -> !echoes(stranger, "a"));
    await().atMost(SECOND.multipliedBy(10)).until(() -> stranger.outside() != null);
    assertThat(stranger.outside()).contains("127.0.0.3").contains("cluster.allow");
    assertThat(here.counters().snapshot().get("not_allowed")).isPositive();
  }

  @Test
  void whoComesFromAnAllowedRangeHasToBeAMemberAllTheSame() throws Exception {
    Transport here =
        new Transport(
            new Identity("test", "a", members),
            List.of(io.ssyncd.log.AddressRange.parse("127.0.0.0/30")),
            Reach.ALL);
    here.handle("echo", (from, bytes) -> CompletableFuture.completedFuture(bytes));
    here.start();
    started.add(here);
    members.put("c", new Identity.Endpoint("127.0.0.3", members.get("b").port()));
    Transport stranger = new Transport(new Identity("test", "c", members), Reach.ALL);
    started.add(stranger);
    await().atMost(SECOND.multipliedBy(10)).until(() -> !echoes(stranger, "a"));
    await().atMost(SECOND.multipliedBy(10)).until(() -> stranger.outside() != null);
    assertThat(stranger.outside()).contains("c is no member");
    here.members(members);
    await().atMost(SECOND.multipliedBy(10)).until(() -> echoes(stranger, "a"));
    assertThat(stranger.outside()).isNull();
    // And out again.
    members.remove("c");
    here.members(members);
    await().atMost(SECOND.multipliedBy(10)).until(() -> !echoes(stranger, "a"));
  }
}
