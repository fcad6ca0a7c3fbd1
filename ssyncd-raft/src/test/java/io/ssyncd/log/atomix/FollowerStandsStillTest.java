package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.storage.log.entry.CommandEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.utils.time.WallClockTimestamp;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Why followers stood still in a network without faults, each cause by itself. */
@Execution(ExecutionMode.CONCURRENT)
class FollowerStandsStillTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  /** Ten such entries fill a file, but for some 48 kB. */
  private static final int LARGE_BYTES = 100_000;

  @TempDir Path directory;

  private static List<RaftLogEntry> entries(long term, int count, int bytes) {
    List<RaftLogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PrimitiveOperation operation =
          new PrimitiveOperation(OperationId.command("none"), new byte[bytes]);
      entries.add(new CommandEntry(term, 1_700_000_000_000L, 1, i, operation));
    }
    return entries;
  }

  private static long numberOf(BareServer server, long index) throws Exception {
    AtomicReference<RaftLogEntry> entry = new AtomicReference<>();
    onThread(
        server,
        () -> {
          server.context.getLogReader().reset(index);
          entry.set(server.context.getLogReader().next().entry());
        });
    return ((CommandEntry) entry.get()).sequenceNumber();
  }

  private static void holds(AppendResponse answer, long lastIndex) {
    assertThat(answer.succeeded()).isTrue();
    assertThat(answer.lastLogIndex()).isEqualTo(lastIndex);
  }

  private static void awaitApplied(BareServer server, long index) {
    await()
        .atMost(LogCluster.PATIENCE)
        .until(server.context::getLastApplied, applied -> applied >= index);
  }

  private static void onThread(BareServer server, Runnable task) throws Exception {
    new ServerThread(server.context).run(task, Duration.ofSeconds(10));
  }

  /**
   * A new leader cut off the first entry of a file; Atomix began a new file with the next one,
   * though it would have fitted into the rest of the one before. The runway took the rest for used,
   * and once it was, zeroed what was in the new file, committed or not: the follower refused for
   * ever what came after entries that it could not read any more.
   */
  @Test
  void aFileThatIsBegunAnewAfterACutIsNotZeroed() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 11, LARGE_BYTES)), 11);
      assertThat(directory.resolve("ssyncd-2.log")).exists();
      holds(c.append("B", 2, 10, 1, entries(2, 30, 3_000)), 40);
      for (int previous = 11; previous <= 40; previous++) {
        holds(c.append("B", 2, previous, 2, List.of()), previous);
      }
      holds(c.append("B", 2, 40, 2, List.of(), 40), 40);
      awaitApplied(c, 40);
    }
    try (BareServer c = new BareServer(directory, NEVER)) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(40);
    }
  }

  /** The reader of what is applied stayed in a file that was closed, and applied nothing more. */
  @Test
  void aLogThatGoesOnWhereTheLeadersBeginsGoesOnBeingApplied() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 5, 10), 5), 5);
      awaitApplied(c, 5);
      // The leader has dropped its log up to there.
      holds(c.append("A", 1, 5, 0, entries(1, 5, 10), 10), 10);
      awaitApplied(c, 10);
    }
  }

  /** The leader asked for the same entry for ever, and the answer was an exception. */
  @Test
  void theLogIsReadOnAfterItWasBegunAnewAtTheNextEntry() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 10, 10)), 10);
      holds(c.append("A", 1, 7, 1, List.of()), 7);
      // The reader is at 8, and nothing is committed: all is dropped.
      holds(c.append("B", 2, 7, 0, entries(2, 3, 10)), 10);
      holds(c.append("B", 2, 8, 2, List.of()), 8);
    }
  }

  /** The leader has dropped the beginning; here there is neither that nor the snapshot after it. */
  @Test
  void theRestOfALogIsNotTakenForTheWhole() throws Exception {
    try (BareServer c = BareServer.guarded(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 5, 10), 5), 5);
      awaitApplied(c, 5);
      AppendResponse answer = c.append("A", 1, 20, 0, entries(1, 3, 10), 23);
      assertThat(answer.succeeded()).isFalse();
      assertThat(answer.lastLogIndex()).isZero();
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(5);
      assertThat(c.context.getCommitIndex()).isEqualTo(5);
    }
  }

  /** It was written where the log begins, and the follower held one entry for another. */
  @Test
  void whatComesBeforeTheLogIsNotWrittenIntoIt() throws Exception {
    try (BareServer c = BareServer.guarded(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 5, 10), 5), 5);
      Snapshot snapshot = c.context.getSnapshotStore().newSnapshot(20, new WallClockTimestamp());
      snapshot.openWriter().close();
      snapshot.complete();
      // As a loss of power leaves a log that was begun anew: empty.
      onThread(c, () -> c.context.getLogWriter().reset(21));
      assertThat(c.append("B", 2, 22, 2, List.of()).succeeded()).isFalse();
      // This leader has kept more of its log.
      holds(c.append("B", 2, 10, 0, entries(2, 4, 10)), 14);
      holds(c.append("B", 2, 10, 0, entries(2, 15, 10), 25), 25);
      assertThat(c.context.getLogReader().getFirstIndex()).isEqualTo(21);
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(25);
      // Entry 21 is the tenth after entry 11, which is number 0.
      assertThat(numberOf(c, 21)).isEqualTo(10);
      awaitApplied(c, 25);
    }
  }

  @Test
  void readersLeaveTheFilesThatAreDropped() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      holds(c.append("A", 1, 0, 0, entries(1, 13, LARGE_BYTES), 13), 13);
      awaitApplied(c, 13);
      // The next one to be read is the first of the second file.
      holds(c.append("A", 1, 10, 1, List.of()), 10);
      RaftMemberContext member = c.context.getCluster().getMemberState(MemberId.from("B"));
      onThread(c, () -> member.getLogReader().reset(11));
      onThread(c, () -> OpenReaders.compact(c.context, 12));
      assertThat(directory.resolve("ssyncd-1.log")).doesNotExist();
      holds(c.append("A", 1, 11, 1, List.of()), 11);
      AtomicReference<Long> next = new AtomicReference<>();
      onThread(c, () -> next.set(member.getLogReader().next().index()));
      assertThat(next).hasValue(11L);
    }
  }

  @Test
  void anAnswerFromBeforeTheCountBeganAnewIsNotCounted() throws Exception {
    try (BareServer c = new BareServer(directory, NEVER)) {
      LateAnswers late = new LateAnswers(c.context);
      MemberId b = MemberId.from("B");
      RaftMemberContext member = c.context.getCluster().getMemberState(b);
      CompletableFuture<String> answer = new CompletableFuture<>();
      AtomicReference<CompletableFuture<String>> before = new AtomicReference<>();
      AtomicReference<CompletableFuture<String>> after = new AtomicReference<>();
      onThread(c, () -> before.set(late.withheld(b, answer)));
      onThread(c, () -> member.resetState(c.context.getLog()));
      onThread(c, () -> after.set(late.withheld(b, answer)));
      answer.complete("late for one, in time for the other");
      after.get().get(10, TimeUnit.SECONDS);
      onThread(c, () -> assertThat(before.get()).isNotDone());
    }
  }

  private static boolean led(Node node) throws Exception {
    return node.log()
        .transfer(node.name())
        .handle((done, error) -> error == null)
        .get(10, TimeUnit.SECONDS);
  }

  /**
   * The leader was deposed while appends to the member were under way that nobody answered, and was
   * elected again before it gave them up: it never sent anything to that member again.
   */
  @Test
  void aMemberThatWasAwayWhenItsLeaderLostAndRegainedTheLeadCatchesUp() throws Exception {
    Network network = new Network();
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(config, AtomixLogTest.SMALL, network, null),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      Node leader = cluster.leader();
      Node heir = cluster.followers().get(0);
      Node away = cluster.followers().get(1);
      network.isolate(away.name(), cluster.names());
      for (int i = 0; i < 3; i++) {
        leader.propose("it does not hear of " + i);
      }
      heir.log().transfer(heir.name()).get(10, TimeUnit.SECONDS);
      await()
          .atMost(LogCluster.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> heir.name().equals(leader.log().status().leader()));
      // Refused while the election before is not over.
      await().atMost(LogCluster.PATIENCE).until(() -> led(leader));
      leader.propose("of this neither");
      network.heal();
      cluster.awaitEqual();
      assertThat(away.machine().size()).isEqualTo(4);
    }
  }
}
