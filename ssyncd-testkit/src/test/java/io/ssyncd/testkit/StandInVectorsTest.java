package io.ssyncd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.pound.standin.AdjustableClock;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in, at the second of a capture, says exactly the captured bytes. */
class StandInVectorsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final AdjustableClock clock = new AdjustableClock();
  private PoundStandIn pound;
  private SyncClient client;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    pound =
        PoundStandIn.start(
            Fixture.farm(),
            directory,
            PoundStandIn.Options.DEFAULT.withClock(clock).withSweep(Duration.ZERO));
    client = SyncClient.connect(pound.socket());
    client.send(Vectors.bytes("01"));
    Awaitility.await().until(() -> pound.stats().dumps() == 1);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    pound.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "13", "14", "15", "16", "17", "18", "22", "23", "25", "36"})
  void additions(String capture) throws IOException {
    for (SyncFrame frame : SyncFrame.parse(Vectors.bytes(capture))) {
      clock.set(frame.lastAccess());
      // A key over 127 bytes comes only by WRITE; 36 is the dump of one.
      if (frame.key().length > 127) {
        client.send(
            frame
                .withAction(SyncFrame.WRITE)
                .withKey(
                    (frame.keyText() + "\0").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                .bytes());
        client.send(Vectors.bytes("31"));
      } else {
        pound.add(frame.listener(), frame.service(), frame.key(), frame.backend());
      }
    }

    assertExactly(Vectors.bytes(capture));
  }

  @ParameterizedTest
  @ValueSource(strings = {"11", "12"})
  void refreshes(String capture) throws IOException {
    List<SyncFrame> frames = SyncFrame.parse(Vectors.bytes(capture));
    SyncFrame first = frames.get(0);
    clock.set(first.lastAccess() - 1);
    pound.add(first.listener(), first.service(), first.key(), first.backend());
    hear(1);

    for (SyncFrame frame : frames) {
      clock.set(frame.lastAccess());
      pound.request(frame.listener(), frame.service(), frame.key());
      pound.request(frame.listener(), frame.service(), frame.key());
    }

    assertExactly(Vectors.bytes(capture));
  }

  @ParameterizedTest
  @ValueSource(strings = {"20", "26", "28"})
  void deletions(String capture) throws IOException {
    List<SyncFrame> frames = SyncFrame.parse(Vectors.bytes(capture));
    for (SyncFrame frame : frames) {
      pound.add(frame.listener(), frame.service(), frame.key(), frame.backend());
    }
    hear(frames.size());

    SyncFrame first = frames.get(0);
    switch (capture) {
      case "20" -> pound.delete(first.listener(), first.service(), first.key());
      case "26" -> pound.flush(first.listener(), first.service(), first.backend());
      default -> {
        clock.advance(Fixture.LONG + 2L);
        pound.expire();
      }
    }

    assertExactly(Vectors.bytes(capture));
  }

  private void hear(int frames) throws IOException {
    assertThat(client.frames(frames, SOON, Duration.ofMillis(20))).hasSize(frames);
  }

  private void assertExactly(byte[] expected) throws IOException {
    assertThat(client.read(expected.length, SOON)).isEqualTo(expected);
    assertThat(client.readUntilQuiet(Duration.ofMillis(100))).isEmpty();
  }

  @Test
  void theDumpIsTheCapturedOne() throws IOException {
    byte[] captured = Vectors.bytes("02");
    for (SyncFrame frame : SyncFrame.parse(captured)) {
      clock.set(frame.lastAccess());
      pound.add(frame.listener(), frame.service(), frame.key(), frame.backend());
    }
    hear(2);

    client.send(Vectors.bytes("31"));

    assertExactly(captured);
  }

  @ParameterizedTest
  @ValueSource(strings = {"34", "35"})
  void deaths(String capture) throws IOException {
    client.send(Vectors.bytes(capture));

    assertThat(pound.death().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
        .contains(capture.equals("34") ? "empty key" : "service 9");
    assertThat(pound.alive()).isFalse();
  }

  @Test
  void whatTheOriginalWroteToThePairIsNotForPound() throws IOException {
    // A master's frames to its backup are CLEAR, ADD, UPDATE, DELETE: Pound ignores them all.
    pound.add(0, 0, PoundProcess.key("alpha"), 1);
    client.send(Vectors.bytes("51"));
    client.send(Vectors.bytes("31"));
    Awaitility.await().until(() -> pound.stats().dumps() == 2);

    assertThat(pound.sessions()).extracting(Session::keyText).containsExactly("alpha");
    assertThat(pound.stats().ignored()).isEqualTo(4);
  }
}
