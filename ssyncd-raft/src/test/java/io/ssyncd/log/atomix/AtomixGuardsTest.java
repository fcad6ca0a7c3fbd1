package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.log.Role;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What Atomix does wrong by itself, one test a trap: each fails without its guard. */
@Execution(ExecutionMode.CONCURRENT)
class AtomixGuardsTest {
  @TempDir Path directory;

  private final Network network = new Network();

  private LogCluster cluster(int members) throws IOException {
    return new LogCluster(
        directory,
        members,
        config -> new AtomixLog(config, AtomixLogTest.SMALL, network, null),
        log -> ((AtomixLog) log).abort());
  }

  /** A network client finds out by time-outs of 5 s that the member it asks hangs. */
  @Test
  void trap4_aLeaderThatHangsIsNotWaitedFor() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node old = cluster.leader();
      Node survivor = cluster.followers().get(0);
      survivor.propose("before");
      network.isolate(old.name(), cluster.names());
      // Within the time of one proposal: in flight with the old leader, then with the new one.
      assertThat(survivor.propose("after").outcome()).isEqualTo(Outcome.APPLIED);
      // Acknowledged by the new leader, which may be ahead of this member.
      await()
          .atMost(LogCluster.PATIENCE)
          .untilAsserted(
              () -> assertThat(survivor.machine().entries()).containsExactly("before", "after"));
    }
  }

  private static final class Fragile extends RecordingMachine {
    volatile boolean breaksOnWrite;
    volatile boolean breaksOnRead;
    volatile String breaksOn = "nothing";

    @Override
    public synchronized Outcome apply(long index, byte[] entry) {
      if (new String(entry, java.nio.charset.StandardCharsets.UTF_8).equals(breaksOn)) {
        throw new IllegalStateException("a bug");
      }
      return super.apply(index, entry);
    }

    @Override
    public synchronized void writeSnapshot(OutputStream to) throws IOException {
      if (breaksOnWrite) {
        to.write(1);
        throw new IllegalStateException("a bug");
      }
      super.writeSnapshot(to);
    }

    @Override
    public synchronized void readSnapshot(InputStream from) throws IOException {
      if (breaksOnRead) {
        throw new IOException("a bug");
      }
      super.readSnapshot(from);
    }
  }

  /**
   * Atomix keeps the part that was written, drops the log before it, and sends it to the others.
   */
  @Test
  void trap5_aSnapshotThatFailsHaltsTheMemberAndNothingIsLost() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      Fragile machine = new Fragile();
      Node broken = cluster.start("m1", machine);
      cluster.start("m2");
      cluster.start("m3");
      for (int i = 0; i < 30; i++) {
        cluster.leader().propose("entry " + i);
      }
      cluster.awaitEqual();
      machine.breaksOnWrite = true;
      var unused = broken.log().snapshot();
      await().atMost(LogCluster.PATIENCE).until(() -> broken.listener().haltReason() != null);
      assertThat(broken.listener().haltReason()).contains("snapshot").contains("a bug");
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> broken.log().status().role() == Role.INACTIVE);
      cluster.kill("m1");
      cluster.leader().propose("entry 30");
      cluster.start("m1");
      cluster.awaitEqual();
      assertThat(cluster.node("m1").machine().size()).isEqualTo(31);
      assertThat(cluster.node("m2").machine().size()).isEqualTo(31);
    }
  }

  /** Atomix logs the exception and goes on with whatever the table holds. */
  @Test
  void trap5_aSnapshotThatCannotBeReadHaltsTheMember() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      cluster.leader().propose("one");
      cluster.awaitEqual();
      cluster.node("m1").log().snapshot().get(20, TimeUnit.SECONDS);
      cluster.kill("m1");
      Fragile machine = new Fragile();
      machine.breaksOnRead = true;
      Node broken = cluster.start("m1", machine);
      await().atMost(LogCluster.PATIENCE).until(() -> broken.listener().haltReason() != null);
      assertThat(broken.listener().haltReason()).contains("could not be read").contains("a bug");
      assertThat(machine.size()).isZero();
      cluster.kill("m1");
      cluster.leader().propose("two");
    }
  }

  /** Atomix answers the proposer with an error and counts the entry as applied. */
  @Test
  void trap5_anEntryThatCannotBeAppliedHaltsTheMember() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      Fragile machine = new Fragile();
      machine.breaksOn = "poison";
      Node broken = cluster.start("m1", machine);
      cluster.start("m2");
      cluster.start("m3");
      cluster.leader();
      cluster.node("m2").log().transfer("m2").get(10, TimeUnit.SECONDS);
      cluster.node("m2").propose("one");
      cluster.node("m2").propose("poison");
      cluster.node("m2").propose("two");
      await().atMost(LogCluster.PATIENCE).until(() -> broken.listener().haltReason() != null);
      assertThat(broken.listener().haltReason()).contains("could not be applied");
      assertThat(machine.entries()).containsExactly("one");
      assertThat(cluster.node("m2").machine().entries()).containsExactly("one", "poison", "two");
    }
  }

  @Test
  void trap13_theStorageTakesNoLargerEntryThanWeAllow() throws Exception {
    assertThat(LogFiles.MAX_ENTRY_BYTES).isLessThanOrEqualTo(160 * 1024);
    try (LogCluster cluster = cluster(3).startAll()) {
      AtomixLog log = (AtomixLog) cluster.followers().get(0).log();
      byte[] largest = new byte[log.maxEntryBytes()];
      new Random(1).nextBytes(largest);
      for (int i = 0; i < 20; i++) {
        log.propose(largest).get(10, TimeUnit.SECONDS);
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> log.propose(new byte[largest.length + 1]));
      assertThat(log.counters()).containsEntry("log_too_large", 1L);
      cluster.awaitEqual();
    }
  }

  @Test
  void trap14_garbageOnThePortIsSurvived() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      LogConfig.MemberAddress target = cluster.config("m1").self();
      List<Socket> open = new ArrayList<>();
      Random random = new Random(14);
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket(InetAddress.getByName(target.host()), target.port());
        byte[] garbage = new byte[random.nextInt(5000)];
        random.nextBytes(garbage);
        if (i % 3 == 0 && garbage.length > 4) {
          // A length of two gigabytes.
          garbage[0] = 0x7f;
        }
        try {
          socket.getOutputStream().write(garbage);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("reset");
        }
        open.add(socket);
      }
      cluster.node("m1").propose("during");
      for (Socket socket : open) {
        socket.close();
      }
      cluster.leader().propose("after");
      cluster.awaitEqual();
    }
  }

  /** With Atomix' start() such a member never finishes starting. */
  @Test
  void trap14_aMemberOfAnotherClusterStartsAloneAndDisturbsNobody() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      cluster.start("m1");
      cluster.start("m2");
      cluster.leader().propose("one");
      AtomixLog stranger =
          new AtomixLog(cluster.config("m3", "elsewhere"), AtomixLogTest.SMALL, network, null);
      RecordingMachine machine = new RecordingMachine();
      stranger.start(machine, new RecordingListener());
      try {
        for (int i = 0; i < 20; i++) {
          cluster.leader().propose("entry " + i);
        }
        LogStatus status = stranger.status();
        assertThat(status.quorum()).isFalse();
        assertThat(status.role()).isEqualTo(Role.CANDIDATE);
        assertThat(machine.size()).isZero();
      } finally {
        stranger.abort();
      }
      // The same member of the right cluster is welcome.
      cluster.start("m3");
      cluster.awaitEqual();
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      LogConfig.MemberAddress address = cluster.config("m1").self();
      try (ServerSocket taken =
          new ServerSocket(address.port(), 1, InetAddress.getByName(address.host()))) {
        assertThat(taken.isBound()).isTrue();
        assertThatExceptionOfType(LogRefusedException.class)
            .isThrownBy(() -> cluster.start("m1"))
            .withMessageContaining(address.text())
            .withMessageContaining("m1");
      }
    }
  }

  @Test
  void aDirectoryThatIsAFileIsNamed() throws Exception {
    try (LogCluster cluster = cluster(1)) {
      Files.writeString(directory.resolve("m1"), "not a directory");
      assertThatExceptionOfType(LogRefusedException.class)
          .isThrownBy(() -> cluster.start("m1"))
          .withMessageContaining(directory.resolve("m1").toString());
    }
  }

  @Test
  void aDirectoryOfAnotherMemberIsRefused() throws Exception {
    try (LogCluster cluster = cluster(2)) {
      cluster.start("m1");
      cluster.kill("m1");
      Files.move(directory.resolve("m1"), directory.resolve("m2"));
      assertThatExceptionOfType(LogRefusedException.class)
          .isThrownBy(() -> cluster.start("m2"))
          .withMessageContaining(directory.resolve("m2").toString());
    }
  }

  @Test
  void aSessionThatExpiredDuringAPartitionIsReplaced() throws Exception {
    AtomixTuning hasty =
        new AtomixTuning(
            AtomixTuning.MIN_SEGMENT_BYTES,
            4L * AtomixTuning.MIN_SEGMENT_BYTES,
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20),
            Duration.ofMillis(100),
            3L * AtomixTuning.MIN_SEGMENT_BYTES);
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(config, hasty, network, null),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      Node cut = cluster.followers().get(0);
      cut.propose("before");
      network.isolate(cut.name(), cluster.names());
      assertThatThrownBy(() -> cut.propose("lost"))
          .hasCauseInstanceOf(LogUnavailableException.class);
      // The others go on meanwhile, and their log's time expires the session.
      cluster.leader().propose("meanwhile");
      network.heal();
      await().atMost(LogCluster.PATIENCE).until(() -> cut.log().status().quorum());
      assertThat(cut.propose("after").outcome()).isEqualTo(Outcome.APPLIED);
      cluster.awaitEqual();
      assertThat(cut.machine().entries()).containsExactly("before", "meanwhile", "after");
    }
  }

  @Test
  void aLeaderThatIsCutOffShowsItAndItsProposalsComeToNothing() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node old = cluster.leader();
      old.propose("before");
      network.isolate(old.name(), cluster.names());
      var doubtful = old.proposal("of the old leader");
      await().atMost(Duration.ofSeconds(5)).until(() -> !old.log().status().quorum());
      Node next =
          await()
              .atMost(LogCluster.PATIENCE)
              .until(
                  () ->
                      cluster.all().stream()
                          .filter(node -> !node.equals(old) && node.leads())
                          .findFirst()
                          .orElse(null),
                  found -> found != null);
      next.propose("of the new one");
      network.heal();
      await().atMost(LogCluster.PATIENCE).until(() -> old.log().status().quorum());
      assertThat(next.log().status().leader()).isEqualTo(old.log().status().leader());
      cluster.leader().propose("after");
      await().atMost(LogCluster.PATIENCE).until(doubtful::isDone);
      cluster.awaitEqual();
      // Whether it was committed late or not, it is at one place on all and was said truly.
      List<String> entries = next.machine().entries();
      assertThat(entries).contains("before", "of the new one", "after");
      if (!doubtful.isCompletedExceptionally()) {
        assertThat(entries).contains("of the old leader");
      }
    }
  }

  /** They would wait for a leader for ever: see {@link Liveness}. */
  @Test
  void membersThatMayNotStandBeforeTheyApplyStandAllTheSame() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      for (int i = 0; i < 20; i++) {
        cluster.leader().propose("entry " + i);
      }
      cluster.awaitEqual();
      cluster.names().forEach(cluster::kill);
      Transport ghost = transport(cluster.config("m1"), "m1");
      ghost.start();
      try {
        cluster.start("m2");
        cluster.start("m3");
        for (String member : List.of("m2", "m3")) {
          await()
              .atMost(LogCluster.PATIENCE)
              .ignoreExceptions()
              .until(() -> ghostAppend(ghost, member).status() == RaftResponse.Status.OK);
        }
      } finally {
        ghost.stop(Duration.ofSeconds(1));
      }
      assertThat(cluster.leader().propose("after").outcome()).isEqualTo(Outcome.APPLIED);
      cluster.awaitEqual();
      assertThat(cluster.leader().machine().size()).isEqualTo(21);
    }
  }

  /** A leader of a high term that says: index 20 is committed, and dies. */
  private static AppendResponse ghostAppend(Transport ghost, String member) throws Exception {
    AppendRequest request =
        AppendRequest.builder()
            .withTerm(1000)
            .withLeader(MemberId.from("m1"))
            .withPrevLogIndex(0)
            .withPrevLogTerm(0)
            .withEntries(Collections.emptyList())
            .withCommitIndex(20)
            .build();
    byte[] answer =
        ghost
            .ask(
                member,
                "ssyncd-append",
                WireFormat.serializer().encode(request),
                Duration.ofSeconds(1))
            .get(2, TimeUnit.SECONDS);
    return WireFormat.serializer().decode(answer);
  }

  @Test
  void whoIsNotConfiguredCannotJoin() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      Transport accomplice = transport(cluster.config("m1"), "m1");
      accomplice.start();
      try {
        cluster.start("m2");
        cluster.start("m3");
        cluster.leader();
        JoinRequest request =
            JoinRequest.builder()
                .withMember(
                    new DefaultRaftMember(
                        MemberId.from("mallory"), RaftMember.Type.ACTIVE, Instant.now()))
                .build();
        for (String member : List.of("m2", "m3")) {
          byte[] answer =
              accomplice
                  .ask(
                      member,
                      "ssyncd-join",
                      WireFormat.serializer().encode(request),
                      Duration.ofSeconds(2))
                  .get(5, TimeUnit.SECONDS);
          JoinResponse response = WireFormat.serializer().decode(answer);
          assertThat(response.status()).isEqualTo(RaftResponse.Status.ERROR);
        }
        assertThat(cluster.leader().propose("one").outcome()).isEqualTo(Outcome.APPLIED);
      } finally {
        accomplice.stop(Duration.ofSeconds(1));
      }
    }
  }

  private static Transport transport(LogConfig config, String self) {
    Map<String, Identity.Endpoint> members = new HashMap<>();
    config
        .members()
        .forEach(
            (name, where) -> members.put(name, new Identity.Endpoint(where.host(), where.port())));
    return new Transport(new Identity(config.cluster(), self, members), (from, to) -> true);
  }
}
