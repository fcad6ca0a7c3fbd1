package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LoopbackNetwork;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Reach;
import io.ssyncd.log.atomix.net.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that ends otherwise than in order. */
class MemberEndTest {
  /** As no other test's, whose threads may run beside. */
  private static final String NAME = "ending";

  @TempDir Path directory;

  @Test
  void aServerThatThrowsAtItsEndKeepsNothingElseFromItsOwn() throws Exception {
    String host = LoopbackNetwork.unused().address(1);
    LogConfig.MemberAddress address =
        new LogConfig.MemberAddress(host, LoopbackNetwork.PORT, false);
    LogConfig config =
        new LogConfig(
            NAME,
            directory,
            "end",
            new TreeMap<>(Map.of(NAME, address)),
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Durability.OS);
    LogFiles files = new LogFiles(config);
    files.prepare();
    Ledgers ledgers = Ledgers.open(directory);
    Transport transport =
        new Transport(
            new Identity(
                "end", NAME, Map.of(NAME, new Identity.Endpoint(host, LoopbackNetwork.PORT))),
            config.allow(),
            Reach.ALL);
    transport.start();
    Member member =
        new Member(
            config,
            AtomixLogTest.SMALL,
            transport,
            null,
            ledgers,
            new LogEnd(ledgers.acks().term(), files.check(ledgers)),
            new RecordingMachine(),
            new RecordingListener());
    member.begin();

    // Who ends it does not wait for the server's thread, and that throws.
    Thread.currentThread().interrupt();
    member.end("for the test", false);

    assertThat(Thread.interrupted()).as("the caller is told").isTrue();
    assertThat(member.peersThread.isShutdown()).isTrue();
    try (ServerSocket bound =
        new ServerSocket(LoopbackNetwork.PORT, 1, InetAddress.getByName(host))) {
      assertThat(bound.isBound()).as("the transport's port is free").isTrue();
    }
    // Its files are closed by then as well.
    await().atMost(LogCluster.PATIENCE).until(() -> threads() == 0);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(ssyncd|raft)-.*" + NAME + ".*"))
        .count();
  }

  @Test
  void aSnapshotThatIsWaitedForFailsWhenTheLogEnds() throws Exception {
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(config, AtomixLogTest.SMALL),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      LogCluster.Node leader = cluster.leader();
      leader.propose("one");
      cluster.followers().forEach(node -> cluster.kill(node.name()));
      // It counts with the next entry, which nobody commits any more.
      CompletableFuture<Void> snapshot = leader.log().snapshot();
      leader.log().close();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> snapshot.get(LogCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .withCauseInstanceOf(LogUnavailableException.class);
    }
  }
}
