package io.ssyncd.testkit;

import static io.ssyncd.testkit.PoundProcess.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who hears what, and when nobody does any more. */
abstract class ConnectionsContract extends PoundConformance {
  @Test
  void nobodyHearsBeforeSyncRequest() throws IOException {
    SyncClient client = connect();
    pound.add(0, 3, key("before"), 1);

    assertThat(client.frames(QUIET)).isEmpty();
    assertThat(keys(dump(client, 1))).containsExactly("before");
  }

  @Test
  void aWriteSilencesNobodyForLong() throws IOException {
    SyncClient client = listen();
    client.send(write(0, 3, 1, "written").bytes());
    Awaitility.await().atMost(SOON).until(() -> pound.sessions().size() == 1);

    pound.add(0, 3, key("after"), 1);

    assertThat(keys(frames(client, 1))).containsExactly("after");
  }

  @Test
  void aNewConnectionStealsTheStreamAndHearsNothingUntilItAsks() throws IOException {
    SyncClient old = listen();
    SyncClient young = accepted("young");
    pound.add(0, 3, key("a"), 1);

    assertThat(old.frames(QUIET)).isEmpty();
    assertThat(young.frames(QUIET)).isEmpty();

    old.send(SyncFrame.syncRequest(FARM));
    assertThat(keys(frames(young, 2))).containsExactlyInAnyOrder("a", "young");
    assertThat(old.frames(QUIET)).isEmpty();
    pound.add(0, 3, key("b"), 1);
    assertThat(keys(frames(young, 1))).containsExactly("b");
  }

  /** A connection that Pound has accepted: it took a WRITE of that key from it. */
  private SyncClient accepted(String text) throws IOException {
    SyncClient client = connect();
    client.send(write(0, 3, 1, text).bytes());
    Awaitility.await()
        .atMost(SOON)
        .until(() -> pound.sessions().stream().anyMatch(s -> s.keyText().equals(text)));
    return client;
  }

  @Test
  void anyCloseSilencesEverybodyUntilTheNextConnection() throws IOException {
    SyncClient old = listen();
    SyncClient young = accepted("young");
    assertThat(dump(young, 1)).hasSize(1);
    old.close();
    Awaitility.await("silence")
        .atMost(SOON)
        .until(
            () -> {
              pound.add(0, 3, key("young"), 1);
              return young.frames(QUIET).isEmpty();
            });

    assertThat(young.dump(FARM, QUIET)).isEmpty();

    assertThat(keys(dump(connect(), 1))).containsExactly("young");
  }

  @Test
  void aHalfCloseIsAClose() throws IOException {
    SyncClient client = listen();
    client.shutdownOutput();

    Awaitility.await()
        .atMost(SOON)
        .until(
            () -> {
              client.frames(Duration.ofMillis(20));
              return client.ended();
            });
  }

  @Test
  void whatIsSentRightBeforeACloseMayBeLost() throws IOException {
    int sent = 0;
    do {
      for (int i = 0; i < 50; i++, sent++) {
        try (SyncClient client = connect()) {
          client.send(write(0, 3, 1, "last-words-" + sent).bytes());
        }
      }
    } while (pound.sessions().size() == sent && sent < 2_000);
    int kept = pound.sessions().size();

    assertThat(kept).isLessThan(sent);
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void afterAFailedSendPoundIsDeafButTakesWrites() throws IOException {
    SyncClient client = listen();
    deafen(client);

    pound.add(0, 3, key("unheard"), 1);
    SyncClient next = connect();
    assertThat(next.dump(FARM, QUIET)).isEmpty();
    next.send(write(0, 3, 1, "written").bytes());
    Awaitility.await()
        .atMost(SOON)
        .until(() -> pound.sessions().stream().anyMatch(s -> s.keyText().equals("written")));
    assertThat(next.dump(FARM, QUIET)).isEmpty();

    pound.restart();
    SyncClient last = listen();
    pound.add(0, 3, key("heard"), 1);
    assertThat(keys(frames(last, 1))).containsExactly("heard");
  }

  /** Lets Pound run into a full socket, and hangs up while it waits there. */
  private void deafen(SyncClient client) throws IOException {
    Thread traffic = background(600);
    awaitStandstill();
    client.close();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !traffic.isAlive());
  }

  @Test
  void aClientThatDoesNotReadStopsTheTraffic() throws IOException {
    SyncClient client = listen();
    Thread traffic = background(600);
    awaitStandstill();
    assertThat(traffic.isAlive()).isTrue();

    int heard = 0;
    while (heard < 600) {
      int more = frames(client, 1).size();
      assertThat(more).as("frames after the first " + heard).isPositive();
      heard += more;
    }
    Awaitility.await().atMost(SOON).until(() -> !traffic.isAlive());
  }

  private Thread background(int count) {
    progress.set(0);
    Thread traffic =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < count; i++) {
                  pound.request(0, 3, key("stall-" + i));
                  progress.incrementAndGet();
                }
              } catch (IOException | IllegalStateException e) {
                progress.set(-1);
              }
            },
            "traffic");
    traffic.setDaemon(true);
    traffic.start();
    return traffic;
  }

  private final AtomicInteger progress = new AtomicInteger();

  /** Until some hundred frames are out and no more follow. */
  private void awaitStandstill() {
    int[] last = {-1};
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              int now = progress.get();
              boolean still = now == last[0] && now >= 100;
              last[0] = now;
              return still;
            });
    assertThat(progress.get()).isBetween(100, 500);
  }
}
