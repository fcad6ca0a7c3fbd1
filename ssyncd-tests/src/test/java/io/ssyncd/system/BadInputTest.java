package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nonsense from a Pound, in a pound.cfg, in a kernel table: named, survived, nothing lost. */
@ExtendWith(ShowsLogsOnFailure.class)
class BadInputTest {
  private static final Logger log = LoggerFactory.getLogger(BadInputTest.class);
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());
  private static final int SESSIONS = 200;

  @TempDir static Path dir;
  private static Path tables;
  private static Path oddConfig;
  private static Cluster cluster;
  private static Member leader;

  @BeforeAll
  static void start() throws IOException {
    tables = Files.createDirectory(dir.resolve("xt_recent"));
    oddConfig = dir.resolve("another-copy-of-odd.cfg");
    cluster =
        ClusterSpec.in(dir)
            .members("lb1")
            .farm("f1", Farms.THREE_SERVICES)
            .farm("odd", Farms.ONE_SERVICE)
            .recent()
            .line("http.farms.odd.config = \"" + oddConfig + "\"")
            .line("recent.proc-dir = \"" + tables + "\"")
            .build();
    leader = cluster.members().get(0);
    Files.copy(leader.poundConfig("odd"), oddConfig);
    leader.pound("f1").start();
    cluster.start();
    cluster.awaitThat("the node leads", () -> leader.ctl("show", "mode").out().equals("master\n"));
    cluster.awaitThat(
        "f1 is ingested", () -> Sources.of(leader, "f1").path("ingesting").asBoolean());
    leader.pound("f1").traffic("client-", SESSIONS);
    cluster.awaitSessions("f1", SESSIONS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void nothingIsLostAndTheOtherFarmGoesOn() {
    assertThat(leader.alive()).isTrue();
    String client = "after-" + System.nanoTime();
    int before = leader.pound("f1").count();
    leader.pound("f1").command("request 0/0 " + client);
    cluster.awaitThat(
        "f1 goes on",
        () ->
            leader.status().orElseThrow().path("sessions").path("http").path("f1").asInt()
                == leader.pound("f1").sessions().size());
    assertThat(leader.pound("f1").count()).isEqualTo(before + 1);
  }

  @Test
  void garbageFromAPoundIsCountedAndTheLinkIsMadeAnew() throws IOException {
    log.info("-Dssyncd.seed={}", SEED);
    byte[] garbage = new byte[5_000];
    new Random(SEED).nextBytes(garbage);
    garbage[0] = 0;

    misbehaves(garbage);
  }

  @Test
  void aFrameThatBreaksOffAndAnEndAreSurvived() throws IOException {
    byte[] frame = add("odd", "client".getBytes(StandardCharsets.US_ASCII), "10.1.1.1");
    try (FakePound pound = FakePound.at(leader.poundSocket("odd"))) {
      pound.greetAndEnd(java.util.Arrays.copyOf(frame, frame.length - 9));
      cluster.awaitThat("the daemon came back three times", () -> pound.connections() >= 3);
    }
  }

  /** It was said every other second, by the writing and by the connecting side. */
  @Tag("long")
  @Test
  void aPoundThatIsNoneIsSaidOnceAndNotAtEachAttempt() throws IOException {
    long before = linesAbout("http odd could not be written");
    try (FakePound pound = FakePound.at(leader.poundSocket("odd"))) {
      pound.greetAndEnd(new byte[0]);
      cluster.awaitThat("it was tried many times", () -> pound.connections() >= 8);
    }
    assertThat(linesAbout("http odd could not be written") - before).isLessThan(3);
  }

  @Test
  void aFrameWithoutAKeyAndOneOfAnotherFarmAreNobodysSessions() throws IOException {
    misbehaves(add("odd", new byte[0], "10.1.1.1"));
    misbehaves(add("other", "client".getBytes(StandardCharsets.US_ASCII), "10.1.1.1"));
    assertThat(leader.status().orElseThrow().path("sessions").path("http").has("other")).isFalse();
  }

  @Test
  void aFrameAsLargeAsFramesGetIsNoHarm() throws IOException {
    byte[] key = "k".repeat(255).getBytes(StandardCharsets.US_ASCII);
    try (FakePound pound = FakePound.at(leader.poundSocket("odd"))) {
      pound.greet(add("odd", key, "1".repeat(255)));
      cluster.awaitThat("the daemon connected", () -> pound.connections() >= 1);
      pound.say(add("odd", "x".getBytes(StandardCharsets.US_ASCII), "10.1.1.1"));
      cluster.awaitThat(
          "it still listens", () -> Sources.of(leader, "odd").path("connected").asBoolean());
    }
  }

  @Test
  void anErrorInAPoundCfgIsNamedWithItsLineAndNothingIsWrittenThere() throws IOException {
    String good = Files.readString(oddConfig);
    leader.pound("odd").start();
    try {
      leader.pound("odd").traffic("client-", 5);
      cluster.awaitSessions("odd", 5);
      Files.writeString(oddConfig, good.replace("ListenHTTP", "# a comment\nListenHTPP"));
      cluster.awaitThat("status names the line", () -> warnings(leader).contains(oddConfig + ":"));
      leader.pound("odd").kill();
      leader.pound("odd").start();
      cluster.awaitThat(
          "the new Pound is connected",
          () -> Sources.of(leader, "odd").path("connected").asBoolean());

      Command.Result write = leader.ctl("write", "--force", "http", "odd");

      assertThat(write.exit()).isEqualTo(65);
      assertThat(write.out()).isEqualTo("error writing http session data\n");
      assertThat(write.err()).contains("no-configuration", "5");
      assertThat(leader.pound("odd").sessions()).isEmpty();
      cluster.awaitSessions("odd", 5);
    } finally {
      leader.pound("odd").kill();
      Files.writeString(oddConfig, good);
    }
  }

  @Test
  void aRowOfNonsenseInAKernelTableIsCountedAndTheOthersAreTaken() throws IOException {
    Path fresh = tables.resolve("T1");
    Files.writeString(
        fresh,
        """
        src=192.0.2.1 ttl: 64 last_seen: 4295000000 oldest_pkt: 1 4295000000
        src=not.an.address ttl: 64 last_seen: 4295000000 oldest_pkt: 1 4295000000
        complete nonsense
        src=192.0.2.2 ttl: 64 last_seen: 4295000001 oldest_pkt: 99999999999999999999 4295000001
        src=192.0.2.3 ttl: 64 last_seen: 4295000002 oldest_pkt: 1 4295000002
        """);

    cluster.awaitThat(
        "the good rows are held",
        () ->
            leader.status().orElseThrow().path("sessions").path("recent").path("T1").asInt() >= 2);
    cluster.awaitThat(
        "the bad ones are counted", () -> Sources.of(leader, "*").path("malformed").asLong() >= 2);
    assertThat(leader.ctl("show", "recent").ok().out()).contains("192.0.2.1", "192.0.2.3");
  }

  private static void misbehaves(byte[] bytes) throws IOException {
    long before = Sources.of(leader, "odd").path("malformed").asLong();
    try (FakePound pound = FakePound.at(leader.poundSocket("odd"))) {
      pound.greet(bytes);
      cluster.awaitThat("the daemon came back", () -> pound.connections() >= 2);
      cluster.awaitThat(
          "what is malformed is counted",
          () -> Sources.of(leader, "odd").path("malformed").asLong() > before);
    }
  }

  private static long linesAbout(String text) {
    return leader.output().lines().filter(line -> line.contains(text)).count();
  }

  private static String warnings(Member member) {
    StringBuilder texts = new StringBuilder();
    for (JsonNode warning : member.status().orElseThrow().path("warnings")) {
      texts.append(warning.path("text").asText()).append('\n');
    }
    return texts.toString();
  }

  private static byte[] add(String farm, byte[] key, String address) {
    ByteBuffer frame = ByteBuffer.allocate(1024).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    frame.put((byte) 0xef).put((byte) 0xab).put((byte) 6).putShort((short) 5).put((byte) 2);
    frame.put((byte) farm.length()).put(farm.getBytes(StandardCharsets.US_ASCII));
    frame.putInt(0).putInt(0).putInt(0);
    frame.put((byte) key.length).put(key);
    frame.put((byte) address.length()).put(address.getBytes(StandardCharsets.US_ASCII));
    frame.putLong(System.currentTimeMillis() / 1000);
    return java.util.Arrays.copyOf(frame.array(), frame.position());
  }
}
