package io.ssyncd.testkit;

import static io.ssyncd.testkit.PoundProcess.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every Pound says of its sessions: the captured bytes. */
abstract class AnnouncementsContract extends PoundConformance {
  /** Name of the capture, listener, service, key of the request that made it. */
  static Stream<Arguments> requestsAndCaptures() {
    return Stream.of(
        Arguments.of("10", 0, 3, "abc"),
        Arguments.of("13", 0, 1, "deadbeef01"),
        Arguments.of("14", 0, 2, "XYZ-42"),
        Arguments.of("15", 1, 0, "YWxpY2U6c2VjcmV0"),
        Arguments.of("16", 1, 1, "bob"),
        Arguments.of("17", 1, 1, "\u00c3\u00a9\u00ff\u0080z"),
        Arguments.of("18", 1, 1, "K".repeat(300)),
        Arguments.of("25", 0, 3, "A".repeat(127)));
  }

  @ParameterizedTest
  @MethodSource("requestsAndCaptures")
  void aRequestIsAnnouncedInTheCapturedBytes(String capture, int listener, int service, String text)
      throws IOException {
    SyncClient client = listen();
    byte[] captured = Vectors.bytes(capture);

    pound.request(listener, service, key(text));

    byte[] announced = client.read(captured.length, SOON);
    SyncFrame frame = only(SyncFrame.parse(announced));
    assertThat(announced).isEqualTo(withVariables(captured, frame));
    assertThat(frame.lastAccess())
        .isBetween(SyncFrame.parse(captured).get(0).lastAccess() / 2, Long.MAX_VALUE);
    assertThat(client.frames(QUIET)).isEmpty();
  }

  @Test
  void aRefreshIsAnnouncedInTheCapturedBytesAndOnceASecond() throws IOException {
    SyncClient client = listen();
    byte[] captured = Vectors.bytes("11");
    pound.request(0, 3, key("abc"));
    SyncFrame added = only(SyncFrame.parse(client.read(captured.length, SOON)));

    List<SyncFrame> updates = new ArrayList<>();
    int[] requests = {0};
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              pound.request(0, 3, key("abc"));
              requests[0]++;
              updates.addAll(client.frames(Duration.ofMillis(5)));
              return updates.size() >= 2;
            });

    for (SyncFrame update : updates) {
      assertThat(update.bytes(5)).isEqualTo(withVariables(captured, update));
      assertThat(update.backend()).isEqualTo(added.backend());
    }
    assertThat(updates.get(1).lastAccess()).isGreaterThan(updates.get(0).lastAccess());
    assertThat(requests[0]).isGreaterThan(updates.size());
  }

  @Test
  void aSessionOfAnAddressIsAnnouncedInTheCapturedBytes() throws IOException {
    SyncClient client = listen();
    byte[] captured = Vectors.bytes("12");
    byte[] first = Arrays.copyOf(captured, captured.length / 2);
    pound.request(0, 0, key("127.0.0.1"));

    SyncFrame added = only(SyncFrame.parse(client.read(first.length, SOON)));

    byte[] expected = withVariables(first, added);
    expected[5] = SyncFrame.ADD;
    assertThat(added.bytes(5)).isEqualTo(expected);
  }

  @Test
  void poundctlAddsDeletesAndFlushesInTheCapturedBytes() throws IOException {
    SyncClient client = listen();

    pound.add(0, 3, key("ctlkey"), 1);
    pound.add(0, 3, key("ctlkey"), 0);
    pound.add(0, 3, key("abc"), 1);
    pound.delete(0, 3, key("abc"));
    pound.add(0, 3, key("A".repeat(127)), 0);
    pound.flush(0, 3, 0);

    List<SyncFrame> said = frames(client, 7);
    assertThat(said).hasSize(7);
    assertThat(said.get(0).bytes(5)).isEqualTo(withVariables(Vectors.bytes("22"), said.get(0)));
    assertThat(said.get(1).bytes(5)).isEqualTo(withVariables(Vectors.bytes("23"), said.get(1)));
    assertThat(said.get(3).bytes(5)).isEqualTo(Vectors.bytes("20"));
    assertThat(said.get(4).bytes(5)).isEqualTo(withVariables(Vectors.bytes("25"), said.get(4)));
    assertThat(SyncFrame.concat(said.get(5).bytes(5), said.get(6).bytes(5)))
        .isEqualTo(Vectors.bytes("26"));
  }

  @Test
  void aDeadBackendLosesAllItsSessions() throws IOException {
    SyncClient client = listen();
    pound.add(1, 1, key("a"), 0);
    pound.add(1, 1, key("b"), 0);
    pound.add(1, 1, key("c"), 1);
    frames(client, 3);

    pound.killBackend(1, 1, 0);

    Awaitility.await()
        .atMost(SOON)
        .until(() -> pound.sessions().stream().noneMatch(s -> s.backend() == 0));
    List<SyncFrame> deletes =
        frames(client, 2).stream().filter(f -> f.action() == SyncFrame.DELETE).toList();
    assertThat(keys(deletes)).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void disablingABackendSaysNothing() throws IOException {
    SyncClient client = listen();
    pound.add(0, 3, key("a"), 1);
    frames(client, 1);

    pound.disable(0, 3, 1, true);

    assertThat(client.frames(QUIET)).isEmpty();
    assertThat(pound.sessions()).hasSize(1);
  }

  @Test
  void aDumpIsTheCapturedOne() throws IOException {
    byte[] captured = Vectors.bytes("02");
    List<SyncFrame> sessions = SyncFrame.parse(captured);
    SyncClient client = connect();
    for (SyncFrame session : sessions) {
      client.send(session.withAction(SyncFrame.WRITE).bytes());
    }

    client.send(Vectors.bytes("01"));

    assertSays(client, captured);
  }

  @Test
  void aDumpComesInTheOrderOfPoundsHash() throws IOException {
    SyncClient client = connect();
    IntStream.range(0, 60).forEach(i -> sendUnchecked(client, write(0, 3, 0, "key-" + i)));
    Awaitility.await().atMost(SOON).until(() -> pound.sessions().size() == 60);
    for (int i = 0; i < 45; i++) {
      pound.delete(0, 3, key("key-" + i));
    }

    List<String> dumped = keys(dump(client, 15));

    // As the real Pound dumped them (OpenSSL 3.0).
    assertThat(dumped).containsExactly(ORDER);
  }

  /** Taken from the real Pound. */
  private static final String[] ORDER = {
    "key-57", "key-58", "key-56", "key-46", "key-51", "key-48", "key-50", "key-47", "key-55",
    "key-49", "key-53", "key-54", "key-59", "key-52", "key-45"
  };

  private static void sendUnchecked(SyncClient client, SyncFrame frame) {
    try {
      client.send(frame.bytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theSocketIsForItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pound.socket())))
        .isEqualTo("rwx------");
  }

  @Test
  void aRestartedPoundIsAnotherProcessAndEmpty() throws IOException {
    pound.add(0, 3, key("a"), 1);
    long before = pound.pid();

    pound.restart();

    assertThat(pound.pid()).isNotEqualTo(before);
    assertThat(pound.alive()).isTrue();
    assertThat(pound.sessions()).isEmpty();
    assertThat(connect().dump(FARM, QUIET)).isEmpty();
  }

  @Test
  void sessionsAreTheSameByPoundctlAndByDump() throws IOException {
    pound.add(0, 3, key("a"), 1);
    pound.add(1, 1, key("b"), 2);

    List<SyncFrame> dump = dump(connect(), 2);

    assertThat(dump).extracting(SyncFrame::keyText).containsExactlyInAnyOrder("a", "b");
    assertThat(pound.sessions()).extracting(Session::keyText).containsExactlyInAnyOrder("a", "b");
  }
}
