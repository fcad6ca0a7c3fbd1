package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.ControlCall;
import io.ssyncd.testkit.Host;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes of strangers at the ports of a running cluster: it goes on, with the same leader. */
@ExtendWith(ShowsLogsOnFailure.class)
class HostileBytesTest {
  private static final Logger log = LoggerFactory.getLogger(HostileBytesTest.class);
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());
  private static final int STRANGERS = 1_000;
  private static final int CONNECT_MS = 5_000;
  private static final Duration ANSWER = Duration.ofSeconds(20);

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;
  private static long term;

  @BeforeAll
  static void start() {
    cluster = ClusterSpec.in(dir).build().start();
    leader = cluster.awaitLeader();
    term = termOf(leader);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void theClusterGoesOnAsBefore() {
    assertThat(cluster.running()).hasSize(3);
    assertThat(leader.ctl("start", "http", "f9").ok().out()).contains("http farm added");
    cluster.awaitEqual();
    assertThat(cluster.awaitLeader()).isSameAs(leader);
    assertThat(termOf(leader)).isEqualTo(term);
    assertThat(leader.status().orElseThrow().path("quorum").asBoolean()).isTrue();
  }

  /** The six bytes that ended the original. */
  @Test
  void defect8_aFewBytesOnTheTcpPortKillNobody() throws IOException {
    for (Member member : cluster.members()) {
      for (int i = 0; i < 20; i++) {
        send(member, new byte[] {(byte) 0xef, (byte) 0xab, 6, 5, 0, 2});
      }
    }
  }

  @Test
  void randomBytesOnTheTcpPortKillNobody() throws IOException {
    log.info("-Dssyncd.seed={}", SEED);
    Random random = new Random(SEED);
    for (Member member : cluster.members()) {
      for (int i = 0; i < 20; i++) {
        byte[] noise = new byte[random.nextInt(1, 100_000)];
        random.nextBytes(noise);
        send(member, noise);
      }
    }
  }

  /** All at once and held open, so that they are in the way of the members if anything is. */
  @Test
  void aThousandStrangersAtOnceKillNobodyAndKeepNobodyOut() throws IOException {
    log.info("-Dssyncd.seed={}", SEED);
    Random random = new Random(SEED);
    List<Socket> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < STRANGERS; i++) {
        byte[] noise = new byte[random.nextInt(1, 2_000)];
        random.nextBytes(noise);
        strangers.add(said(leader, noise));
      }
      assertThat(leader.ctl("start", "http", "f8").ok().out()).contains("http farm");
      cluster.awaitEqual();
      Member back = cluster.followers().get(0);
      back.kill();
      back.start();
      cluster.awaitEqual();
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void hugeLengthsOnTheTcpPortTakeNoMemory() throws IOException {
    long before = leader.daemon().residentKb();
    for (int i = 0; i < 20; i++) {
      byte[] lengths = new byte[4096];
      java.util.Arrays.fill(lengths, (byte) 0x7f);
      send(leader, lengths);
    }
    assertThat(leader.daemon().residentKb()).isLessThan(before + 100_000);
  }

  @Test
  void garbageOnTheControlSocketIsAnsweredWithAnError() throws IOException {
    log.info("-Dssyncd.seed={}", SEED);
    Random random = new Random(SEED);
    byte[] noise = new byte[512];
    random.nextBytes(noise);
    noise[511] = '\n';
    for (byte[] request :
        List.of(
            noise,
            "\n".getBytes(StandardCharsets.UTF_8),
            "{}\n".getBytes(StandardCharsets.UTF_8),
            "[1,2]\n".getBytes(StandardCharsets.UTF_8),
            "{\"verb\":\"write\"}\n".getBytes(StandardCharsets.UTF_8),
            "{\"verb\":\"start\",\"kind\":\"http\",\"scope\":\"../etc\"}\n"
                .getBytes(StandardCharsets.UTF_8),
            "{\"verb\":\"start\",\"kind\":\"http\",\"scope\":\"\\u001b[31m\"}\n"
                .getBytes(StandardCharsets.UTF_8),
            "{\"verb\":\"no such\\u0000thing\"}\n".getBytes(StandardCharsets.UTF_8),
            (" ".repeat(100_000) + "\n").getBytes(StandardCharsets.UTF_8),
            ("[".repeat(50_000) + "\n").getBytes(StandardCharsets.UTF_8))) {
      String answer =
          new String(ControlCall.raw(leader.control(), request, ANSWER), StandardCharsets.UTF_8);

      assertThat(answer).contains("\"exit\":64").contains("\"error\":");
    }
  }

  @Test
  void defect10_aFarmNameOf200CharactersIsRefusedByName() {
    var answer = leader.ctl("start", "http", "f".repeat(200));

    assertThat(answer.exit()).isEqualTo(64);
    assertThat(answer.err()).contains("a farm name has 1 to 26 bytes, not 200");
  }

  @Test
  void defect13_theControlSocketIsOursAloneAndMembersListenOnlyWhereTheyAreTold()
      throws IOException {
    for (Member member : cluster.members()) {
      assertThat(Files.getPosixFilePermissions(member.control()).toString())
          .doesNotContain("OTHERS");
      assertThat(Files.getPosixFilePermissions(member.control().getParent()).toString())
          .doesNotContain("OTHERS");
      assertThat(ListeningSockets.of(member.daemon().pid()))
          .as("TCP and UDP sockets of %s", member.name())
          .containsExactly("tcp " + member.host().address() + ":" + Host.PORT);
    }
  }

  private static void send(Member member, byte[] bytes) throws IOException {
    said(member, bytes).close();
  }

  /** A connection of somebody who has said this. */
  private static Socket said(Member member, byte[] bytes) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(member.host().address(), Host.PORT), CONNECT_MS);
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException closed) {
      log.info("{} hung up: {}", member.name(), closed.toString());
    }
    return socket;
  }

  private static long termOf(Member member) {
    return member.status().orElseThrow().path("term").asLong();
  }
}
