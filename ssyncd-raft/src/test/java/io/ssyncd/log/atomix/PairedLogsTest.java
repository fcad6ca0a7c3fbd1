package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LoopbackNetwork;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.log.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of one that others come to, and a survivor that goes on alone. */
class PairedLogsTest {
  @TempDir Path dir;

  private final LoopbackNetwork network = LoopbackNetwork.unused();
  private final List<AtomixLog> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(AtomixLog::abort);
  }

  private MemberAddress address(int host) {
    return new MemberAddress(network.address(host), LoopbackNetwork.PORT, false);
  }

  private LogConfig config(
      String cluster, String name, SortedMap<String, MemberAddress> members, boolean alone) {
    return new LogConfig(
            name,
            dir.resolve(name),
            cluster,
            members,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Durability.OS)
        .withPairing(new LogConfig.Pairing(Optional.empty(), alone));
  }

  private AtomixLog start(LogConfig config) throws Exception {
    AtomixLog log = new AtomixLog(config, AtomixLogTest.SMALL);
    log.start(new RecordingMachine(), new RecordingListener());
    started.add(log);
    return log;
  }

  private AtomixLog alone(String cluster, String name, int host, boolean again) throws Exception {
    AtomixLog log =
        start(config(cluster, name, new TreeMap<>(java.util.Map.of(name, address(host))), again));
    await().atMost(Duration.ofSeconds(30)).until(() -> log.status().role() == Role.LEADER);
    return log;
  }

  private Introduced introduce(int host, String name, int to, String cluster) throws IOException {
    return Introduce.ask(
        new Introduction(Optional.ofNullable(cluster), name, address(host)),
        new InetSocketAddress(network.address(to), LoopbackNetwork.PORT),
        Optional.empty());
  }

  private Introduced join(int host, String name, int to) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () -> introduce(host, name, to, null),
            answer -> answer.code() == Introduced.Code.MEMBER);
  }

  private static void propose(AtomixLog log, String text) throws Exception {
    log.propose(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .get(20, java.util.concurrent.TimeUnit.SECONDS);
  }

  private static List<String> names(AtomixLog log) {
    return log.members().stream().map(LogMember::name).toList();
  }

  private static void awaitVoters(AtomixLog log, int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> log.members().stream().filter(LogMember::voter).count() == count);
  }

  @Test
  void theFirstThatComesIsTakenInAndOthersNeedAnOperator() throws Exception {
    AtomixLog a = alone("pair-1", "host", 1, false);
    propose(a, "before");

    Introduced answer = join(2, "host", 1);

    assertThat(answer.name()).as("hosts may be called alike").isEqualTo("host-2");
    assertThat(answer.cluster()).isEqualTo("pair-1");
    AtomixLog b = start(config(answer.cluster(), answer.name(), answer.members(), false));
    awaitVoters(a, 2);
    propose(b, "from the second");
    Introduced third = introduce(3, "host", 1, null);
    assertThat(third.code()).isEqualTo(Introduced.Code.OPERATOR);
    assertThat(third.text()).contains("ssyncdctl member add host-3 " + address(3).text());
    assertThat(introduce(2, "any", 1, null).name())
        .as("a member that lost its directory")
        .isEqualTo("host-2");
    a.addMember("host-3", address(3)).get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(join(3, "host", 2).name()).isEqualTo("host-3");
  }

  /** Whoever was taken out does not come back by itself. */
  @Test
  void onlyTheFirstIsEverTakenInWithoutAnOperator() throws Exception {
    AtomixLog a = alone("pair-1", "a", 1, false);
    Introduced answer = join(2, "b", 1);
    AtomixLog b = start(config(answer.cluster(), answer.name(), answer.members(), false));
    awaitVoters(a, 2);
    a.removeMember("b", false).get(20, java.util.concurrent.TimeUnit.SECONDS);
    b.close();
    await().atMost(Duration.ofSeconds(30)).until(() -> names(a).equals(List.of("a")));

    assertThat(introduce(2, "b", 1, null).code()).isEqualTo(Introduced.Code.OPERATOR);
  }

  @Test
  void aSurvivorGoesOnAloneFromAllThatItHolds() throws Exception {
    AtomixLog a = alone("pair-1", "a", 1, false);
    Introduced answer = join(2, "b", 1);
    AtomixLog b = start(config(answer.cluster(), answer.name(), answer.members(), false));
    awaitVoters(a, 2);
    awaitVoters(b, 2);
    for (int i = 0; i < 20; i++) {
      propose(a, "entry " + i);
    }
    a.abort();
    long term = b.status().term();
    long index = b.status().commitIndex();
    b.close();

    AtomixLog survivor = alone("pair-2", "b", 2, true);

    assertThat(names(survivor)).containsExactly("b");
    propose(survivor, "alone");
    assertThat(survivor.status().term()).isGreaterThan(term);
    assertThat(survivor.status().commitIndex()).isGreaterThan(index);

    Introduced refused = introduce(1, "a", 2, "pair-1");
    assertThat(refused.code()).isEqualTo(Introduced.Code.OTHER_CLUSTER);
    SortedMap<String, MemberAddress> both = new TreeMap<>(answer.members());
    AtomixLog old = start(config("pair-1", "a", both, false));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> String.valueOf(old.outside()).contains("this is cluster pair-2, not pair-1"));
    assertThat(old.outside()).contains("with an empty directory");
    assertThat(old.status().quorum()).isFalse();
    old.abort();

    Introduced empty = join(3, "a2", 2);
    AtomixLog back = start(config(empty.cluster(), empty.name(), empty.members(), false));
    awaitVoters(survivor, 2);
    assertThat(back.status().quorum()).isTrue();
  }

  @Test
  void aDirectoryThatNeverWasInAClusterBeginsOne() throws Exception {
    AtomixLog log = alone("pair-1", "a", 1, true);
    propose(log, "first");
    assertThat(names(log)).containsExactly("a");
  }

  /** Members would look names up for a stranger, or take themselves for it. */
  @Test
  void whoHasNoAddressIsNotHeard() throws Exception {
    AtomixLog log = alone("pair-1", "a", 1, false);
    for (String host : List.of("0.0.0.0", "::", "example.org", "a b")) {
      Introduction who =
          new Introduction(Optional.empty(), "x", new MemberAddress(host, 7777, false));
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  io.ssyncd.log.atomix.net.Visit.ask(
                      "x",
                      java.net.InetAddress.getByName(network.address(2)),
                      new InetSocketAddress(network.address(1), LoopbackNetwork.PORT),
                      Optional.empty(),
                      who.encode()));
    }
    assertThat(names(log)).containsExactly("a");
  }

  @Test
  void introductionsOfHostileBytesAreRefused() {
    for (byte[] bytes :
        new byte[][] {{}, {9}, {1, 1}, {1, 0, 5, 'a'}, {1, 2, 1, 'a', 1, 'b'}, new byte[5000]}) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> Introduction.decode(bytes));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> Introduced.decode(bytes));
    }
  }
}
