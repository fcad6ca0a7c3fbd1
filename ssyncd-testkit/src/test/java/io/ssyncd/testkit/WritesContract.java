package io.ssyncd.testkit;

import static io.ssyncd.testkit.PoundProcess.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the WRITEs and other requests that every Pound takes. */
abstract class WritesContract extends PoundConformance {
  @Test
  void contentIsTheAddressOfTheBackend() throws IOException {
    List<SyncFrame> dump =
        written(
            SyncFrame.concat(
                write(1, Fixture.IPV6, 0, "six").bytes(),
                write(1, Fixture.REDIRECTING, 0, "redirect").bytes(),
                write(1, Fixture.REDIRECTING, 1, "disabled").bytes()),
            3);

    assertThat(dump)
        .extracting(f -> f.keyText() + " " + f.contentText())
        .containsExactlyInAnyOrder("six ::1", "redirect (UNKNOWN)", "disabled 127.0.0.1");
  }

  @Test
  void aWriteInTheFormToSendArrives() throws IOException {
    SyncFrame sent = SyncFrame.parse(Vectors.bytes("32")).get(0);

    SyncFrame session = only(written(Vectors.bytes("32")));

    assertThat(session.keyText()).isEqualTo("k1");
    assertThat(session.contentText()).isEqualTo("127.0.0.1");
    assertThat(session.lastAccess()).isEqualTo(sent.lastAccess());
    assertThat(session.backend()).isEqualTo(1);
  }

  @Test
  void aKeyOf254BytesIsDumpedAsCaptured() throws IOException {
    SyncFrame captured = SyncFrame.parse(Vectors.bytes("36")).get(0);
    SyncFrame sent = SyncFrame.write(FARM, 0, 3, 1, captured.keyText(), captured.lastAccess());

    SyncClient client = connect();
    client.send(sent.bytes());
    client.send(SyncFrame.syncRequest(FARM));

    assertSays(client, Vectors.bytes("36"));
  }

  @Test
  void writesOfTheOriginalArriveWhereTheirIdsExist() throws IOException {
    // Three frames; the third names backend 2 of a service that has two.
    assertThat(keys(written(Vectors.bytes("30"), 2)))
        .containsExactlyInAnyOrder("user-session-key-00000000", "user-session-key-00000001");
    assertThat(pound.alive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 40, 56, 248})
  void aKeyThatFillsItsBlockWithoutNulIsGarbled(int size) throws IOException {
    byte[] text = key("x".repeat(size));
    SyncFrame session = only(written(write(0, 3, 1, "").withKey(text).bytes()));

    assertThat(session.key().length).isGreaterThan(size);
    assertThat(session.keyText()).startsWith("x".repeat(size));
  }

  @Test
  void theCapturedKeyWithoutNulIsGarbled() throws IOException {
    SyncFrame session = only(written(Vectors.bytes("33")));

    assertThat(session.keyText()).startsWith("x".repeat(24)).hasSizeGreaterThan(24);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 23, 25, 39, 255})
  void otherKeysWithoutNulArriveWhole(int size) throws IOException {
    byte[] text = key("y".repeat(size));

    assertThat(only(written(write(0, 3, 1, "").withKey(text).bytes())).key()).isEqualTo(text);
  }

  @Test
  void aWriteReplacesWhatIsThere() throws IOException {
    SyncFrame first = write(0, 3, 0, "k").withLastAccess(1_900_000_000);
    SyncFrame second = write(0, 3, 1, "k").withLastAccess(1_800_000_000);

    SyncFrame session = only(written(SyncFrame.concat(first.bytes(), second.bytes())));

    assertThat(session.backend()).isEqualTo(1);
    assertThat(session.lastAccess()).isEqualTo(1_800_000_000);
  }

  @Test
  void lastAccessZeroMeansNow() throws IOException {
    long before = System.currentTimeMillis() / 1000;

    SyncFrame session = only(written(write(0, 3, 0, "k").withLastAccess(0).bytes()));

    assertThat(session.lastAccess()).isBetween(before, System.currentTimeMillis() / 1000);
  }

  @Test
  void onlyTheLow32BitsOfTheLastAccessAreAnnounced() throws IOException {
    long late = (1L << 32) + 1_900_000_000L;

    assertThat(only(written(write(0, 3, 0, "k").withLastAccess(late).bytes())).lastAccess())
        .isEqualTo(1_900_000_000L);
  }

  @Test
  void unknownListenersAndBackendsAreOnlyLogged() throws IOException {
    byte[] frames =
        SyncFrame.concat(
            write(2, 0, 0, "no-listener").bytes(),
            write(0, 3, 2, "no-backend").bytes(),
            write(0, 3, 1, "\0hidden").bytes(),
            write(0, 3, 1, "good").bytes());

    assertThat(keys(written(frames))).containsExactly("good");
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void negativeIdsAreThePositionZero() throws IOException {
    SyncFrame session = only(written(write(-1, -7, Integer.MIN_VALUE, "k").bytes()));

    assertThat(List.of(session.listener(), session.service(), session.backend()))
        .containsExactly(0, 0, 0);
  }

  @Test
  void theFarmNameAndTheContentOfAWriteAreNotLookedAt() throws IOException {
    SyncFrame frame = SyncFrame.write("another", 0, 3, 1, "k", 1_900_000_000);

    SyncFrame session = only(written(frame.withContent(key("192.0.2.1\0")).bytes()));

    assertThat(session.farm()).isEqualTo(FARM);
    assertThat(session.contentText()).isEqualTo("127.0.0.1");
  }

  @Test
  void aDisabledBackendTakesWrites() throws IOException {
    pound.disable(0, 3, 1, true);

    assertThat(only(written(write(0, 3, 1, "k").bytes())).backend()).isEqualTo(1);
  }

  @Test
  void otherActionsOfOursAreIgnored() throws IOException {
    SyncClient client = connect();
    client.send(write(0, 3, 1, "kept").bytes());
    for (int action : new int[] {0, 2, 3, 4, 20, 21, 22, 99}) {
      client.send(write(0, 3, 1, "kept").withAction(action).bytes());
    }
    client.send(write(0, 3, 1, "new").withAction(SyncFrame.ADD).bytes());

    assertThat(keys(dump(client, 1))).containsExactly("kept");
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void aFrameMayComeInPiecesIfItsLengthIsTrueAndShort() throws IOException {
    byte[] frame = write(0, 3, 1, "pieces").bytes();
    SyncClient client = connect();
    for (int at = 4; at < frame.length; at += 9) {
      byte[] piece = Arrays.copyOfRange(frame, at == 4 ? 0 : at, Math.min(frame.length, at + 9));
      client.sendUnlessEnded(piece, Duration.ofMillis(20));
    }

    assertThat(keys(dump(client, 1))).containsExactly("pieces");
  }
}
