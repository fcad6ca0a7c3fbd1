package io.ssyncd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What the conformance suites share: one Pound, restarted before each test. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PoundConformance {
  static final String FARM = Fixture.FARM;

  /** How long nothing must come before a stream counts as quiet. */
  static final Duration QUIET = Duration.ofMillis(200);

  static final Duration SOON = Duration.ofSeconds(10);

  PoundProcess pound;
  private final List<SyncClient> clients = new ArrayList<>();

  abstract PoundProcess start(Path directory) throws IOException;

  @BeforeAll
  void startPound(@TempDir Path directory) throws IOException {
    pound = start(directory);
  }

  /** Empty tables and no connection, as after a restart. */
  @BeforeEach
  void freshWorker() throws IOException {
    if (pound instanceof StandInPound standIn && pound.alive()) {
      standIn.command("restart-worker");
    } else {
      pound.restart();
    }
  }

  @AfterEach
  void closeClients() throws IOException {
    for (SyncClient client : clients) {
      client.close();
    }
    clients.clear();
  }

  @AfterAll
  void stopPound() {
    pound.close();
  }

  /** Connects; a worker that has just come up may not listen yet. */
  SyncClient connect() {
    SyncClient client =
        Awaitility.await()
            .atMost(SOON)
            .ignoreExceptionsMatching(e -> e instanceof SocketException)
            .until(() -> SyncClient.connect(pound.socket()), c -> true);
    clients.add(client);
    return client;
  }

  /** Connects to an empty Pound and asks for its dump; when it returns the client hears. */
  SyncClient listen() throws IOException {
    SyncClient client = connect();
    client.send(SyncFrame.syncRequest(FARM));
    Awaitility.await("the client hears")
        .atMost(SOON)
        .until(
            () -> {
              pound.add(0, 3, PoundProcess.key("marker"), 0);
              return !client.frames(Duration.ofMillis(50)).isEmpty();
            });
    pound.delete(0, 3, PoundProcess.key("marker"));
    Awaitility.await("the marker is gone")
        .atMost(SOON)
        .until(
            () ->
                client.frames(1, SOON, QUIET).stream()
                    .anyMatch(f -> f.action() == SyncFrame.DELETE));
    return client;
  }

  /** That many frames, and what else comes before it is quiet. */
  static List<SyncFrame> frames(SyncClient client, int expected) throws IOException {
    return client.frames(expected, SOON, QUIET);
  }

  /** A dump of that many sessions, and what else comes before it is quiet. */
  static List<SyncFrame> dump(SyncClient client, int expected) throws IOException {
    return client.dump(FARM, expected, SOON, QUIET);
  }

  /** Reads as many bytes as are expected, which must be all. */
  static void assertSays(SyncClient client, byte[] expected) throws IOException {
    assertThat(client.read(expected.length, SOON)).isEqualTo(expected);
    assertThat(client.frames(QUIET)).isEmpty();
  }

  void send(byte[] bytes) throws IOException {
    connect().send(bytes);
  }

  /** Sends a WRITE and returns what the dump shows, which is one session. */
  List<SyncFrame> written(byte[] frames) throws IOException {
    return written(frames, 1);
  }

  /** Sends WRITEs and returns what the dump shows. */
  List<SyncFrame> written(byte[] frames, int expected) throws IOException {
    SyncClient client = connect();
    client.send(frames);
    return dump(client, expected);
  }

  void assertKills(byte[]... pieces) throws IOException {
    SyncClient client = connect();
    for (byte[] piece : pieces) {
      // Pound reads one piece before the next one comes.
      if (!client.sendUnlessEnded(piece, Duration.ofMillis(100))) {
        break;
      }
    }
    Awaitility.await("death").atMost(SOON).until(() -> !pound.alive());
  }

  static SyncFrame write(int listener, int service, int backend, String key) {
    return SyncFrame.write(
        FARM, listener, service, backend, key, System.currentTimeMillis() / 1000);
  }

  static SyncFrame only(List<SyncFrame> frames) {
    assertThat(frames).hasSize(1);
    return frames.get(0);
  }

  /**
   * A capture of one frame with the backend and the last access of another: what may differ between
   * two Pounds that saw the same request.
   */
  static byte[] withVariables(byte[] capture, SyncFrame from) {
    int backendAt = 5 + 1 + 1 + FARM.length() + 8;
    ByteBuffer b = ByteBuffer.wrap(capture.clone()).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(backendAt, from.backend());
    if (from.action() != SyncFrame.DELETE) {
      b.putLong(capture.length - 8, from.lastAccess());
    }
    return b.array();
  }

  static List<String> keys(List<SyncFrame> frames) {
    return frames.stream().map(SyncFrame::keyText).toList();
  }
}
