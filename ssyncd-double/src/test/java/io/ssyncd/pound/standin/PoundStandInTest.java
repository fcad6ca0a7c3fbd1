package io.ssyncd.pound.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoundStandInTest {
  private static final Farm.Backend BACKEND = Farm.Backend.of("10.0.0.1", 80);
  private static final byte[] SYNC = HexFormat.of().parseHex("efab06090001026631");

  @TempDir private Path directory;
  private final AdjustableClock clock = new AdjustableClock();

  private PoundStandIn start(Farm farm) throws IOException {
    return PoundStandIn.start(
        farm, directory, PoundStandIn.Options.DEFAULT.withClock(clock).withSweep(Duration.ZERO));
  }

  private static Farm farm(String name, Farm.Service... services) {
    return new Farm(name, List.of(new Farm.Listener("127.0.0.1", 0, List.of(services))));
  }

  private static Farm.Service service(int ttl, int backends) {
    return new Farm.Service(
        "s", SessionType.HEADER, "X", ttl, java.util.Collections.nCopies(backends, BACKEND));
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static SocketChannel connect(PoundStandIn pound) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(pound.socket()));
  }

  private static String read(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // Blocks until all is there.
    }
    return HexFormat.of().formatHex(bytes.array());
  }

  @Test
  void severalLiveInOneJvm() throws IOException {
    try (PoundStandIn one = start(farm("one", service(60, 2)));
        PoundStandIn two = start(farm("two", service(60, 2)))) {
      one.traffic(1_000, "a");
      two.traffic(10, "a");

      assertThat(one.count()).isEqualTo(1_000);
      assertThat(two.count()).isEqualTo(10);
      assertThat(one.socket()).isNotEqualTo(two.socket());
    }
  }

  @Test
  void deathClosesEverythingAndIsTold() throws Exception {
    PoundStandIn pound = start(farm("f1", service(60, 2)));
    try (SocketChannel client = connect(pound)) {
      client.write(ByteBuffer.wrap(HexFormat.of().parseHex("ff".repeat(40))));

      assertThat(pound.death().get(10, TimeUnit.SECONDS)).contains("bytes of a frame");
      assertThat(client.read(ByteBuffer.allocate(1))).isNegative();
    }
    assertThat(pound.alive()).isFalse();
    assertThatThrownBy(pound::count).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> connect(pound)).isInstanceOf(ConnectException.class);
    assertThat(Files.exists(pound.socket())).isTrue();
    pound.close();
  }

  @Test
  void aClosedOneLeavesNoThreads() throws IOException {
    PoundStandIn pound = start(farm("threads", service(60, 2)));
    pound.close();

    Awaitility.await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().contains("threads") && t.isAlive()));
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void aRestartEmptiesTheTablesAndForgetsWhatWasDisabled() throws IOException {
    try (PoundStandIn pound = start(farm("f1", service(60, 1)));
        SocketChannel client = connect(pound)) {
      Awaitility.await().until(() -> pound.stats().connections() == 1);
      pound.disable(0, 0, 0, true);
      pound.request(0, 0, key("nobody serves this"));
      assertThat(pound.count()).isZero();

      pound.restartWorker();

      assertThat(client.read(ByteBuffer.allocate(1))).isNegative();
      pound.request(0, 0, key("a"));
      assertThat(pound.count()).isEqualTo(1);
    }
  }

  @Test
  void farmNamesThatCorruptPoundsMemoryAreRefused() {
    assertThatThrownBy(() -> start(farm("f".repeat(27), service(60, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("27 bytes");
  }

  @Test
  void sessionsExpireAtTheSweepAfterTheirTtl() throws IOException {
    try (PoundStandIn pound = start(farm("f1", service(60, 1)))) {
      clock.set(1_000);
      pound.request(0, 0, key("old"));
      clock.set(1_060);
      pound.request(0, 0, key("young"));
      assertThat(pound.expire()).isZero();
      clock.set(1_061);
      assertThat(pound.expire()).isEqualTo(1);
      assertThat(pound.sessions()).extracting(Session::keyText).containsExactly("young");
    }
  }

  @Test
  void theSweepComesByItself() throws IOException {
    PoundStandIn.Options often =
        PoundStandIn.Options.DEFAULT.withClock(clock).withSweep(Duration.ofMillis(20));
    try (PoundStandIn pound = PoundStandIn.start(farm("f1", service(60, 1)), directory, often)) {
      pound.request(0, 0, key("a"));
      clock.advance(62);

      Awaitility.await().until(() -> pound.count() == 0);
    }
  }

  @Test
  void withoutSessionBlockOrWithNegativeTtlRequestsMakeNoSessions() throws IOException {
    Farm.Service none = new Farm.Service("n", SessionType.NONE, "", 0, List.of(BACKEND));
    try (PoundStandIn pound = start(farm("f1", none, service(-1, 1)))) {
      pound.request(0, 0, key("a"));
      pound.request(0, 1, key("a"));

      assertThat(pound.count()).isZero();
      assertThatThrownBy(() -> pound.traffic(1, "t")).hasMessageContaining("no service");
    }
  }

  @Test
  void requestsAvoidDisabledAndDeadBackendsButSessionsStay() throws IOException {
    try (PoundStandIn pound = start(farm("f1", service(60, 3)))) {
      pound.add(0, 0, key("stays"), 1);
      pound.disable(0, 0, 1, true);
      pound.killBackend(0, 0, 2);
      pound.traffic(200, "t");

      assertThat(pound.sessions())
          .filteredOn(s -> s.keyText().startsWith("t"))
          .hasSize(200)
          .allMatch(s -> s.backend() == 0);
      assertThat(pound.touch(0, 0, key("stays"))).isTrue();
      pound.reviveBackend(0, 0, 2);
      pound.traffic(400, "u");
      assertThat(pound.sessions()).anyMatch(s -> s.backend() == 2);
    }
  }

  @Test
  void globalServicesSpeakAsServiceZeroOfListenerZeroAndAreNotDumped() throws IOException {
    Farm farm =
        new Farm(
            "f1",
            farm("f1", service(60, 1)).listeners(),
            List.of(
                new Farm.Service(
                    "g", SessionType.HEADER, "X", 60, List.of(Farm.Backend.of("10.0.0.9", 80)))));
    try (PoundStandIn pound = start(farm);
        SocketChannel client = connect(pound)) {
      clock.set(1);
      client.write(ByteBuffer.wrap(SYNC));
      Awaitility.await().until(() -> pound.stats().listening());

      pound.request(-1, 0, key("a"));

      assertThat(read(client, 40))
          .isEqualTo(
              "efab06050002026631"
                  + "000000000000000000000000"
                  + "0161"
                  + "0831302e302e302e39"
                  + "0100000000000000");
      assertThat(pound.sessions()).isEmpty();
      assertThat(pound.count()).isEqualTo(1);
    }
  }

  @Test
  void sessionsOfTheEmergencyBackendHaveIndexZeroAndItsAddress() throws IOException {
    Farm.Service service =
        new Farm.Service(
            "s", SessionType.HEADER, "X", 60, List.of(BACKEND), Farm.Backend.of("10.0.0.7", 80));
    try (PoundStandIn pound = start(farm("f1", service))) {
      clock.set(9);
      pound.emergencyAnswer(0, 0, key("a"));

      assertThat(pound.sessions()).containsExactly(new Session(0, 0, 0, key("a"), "10.0.0.7", 9));
      assertThat(pound.flush(0, 0, 0)).isZero();
    }
  }

  @Test
  void trafficAtARateRepeatsItsKeys() throws Exception {
    try (PoundStandIn pound = start(farm("f1", service(60, 2), service(60, 2)))) {
      long made = pound.rate(2_000, Duration.ofMillis(500), "r", 50).get(20, TimeUnit.SECONDS);

      assertThat(made).isEqualTo(1_000);
      assertThat(pound.count()).isEqualTo(50);
      assertThatThrownBy(() -> pound.rate(0, Duration.ofSeconds(1), "r", 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theDigestCoversEverythingButTheOrder() throws IOException {
    try (PoundStandIn one = start(farm("one", service(60, 2)));
        PoundStandIn two = start(farm("two", service(60, 2)))) {
      clock.set(5);
      for (int i = 0; i < 100; i++) {
        one.add(0, 0, key("k" + i), 1);
        two.add(0, 0, key("k" + (99 - i)), 1);
      }
      assertThat(one.digest()).isEqualTo(two.digest()).hasSize(32);
      clock.set(6);
      two.touch(0, 0, key("k7"));
      assertThat(one.digest()).isNotEqualTo(two.digest());
    }
  }
}
