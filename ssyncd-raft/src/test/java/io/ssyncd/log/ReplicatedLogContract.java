package io.ssyncd.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ReplicatedLog} keeps. An adapter's test extends it and makes its logs. */
public abstract class ReplicatedLogContract {
  @TempDir Path directory;

  /** A log that was not started yet, with small files where the adapter has any. */
  protected abstract ReplicatedLog create(LogConfig config);

  /** Ends a log as the death of its process would. */
  protected abstract void kill(ReplicatedLog log);

  LogCluster cluster(int members) throws Exception {
    return new LogCluster(directory, members, this::create, this::kill);
  }

  @Test
  void anEntryIsAppliedByAllAtTheIndexThatIsAcknowledged() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Committed first = cluster.leader().propose("one");
      Committed second = cluster.followers().get(0).propose("two");
      assertThat(second.index()).isGreaterThan(first.index());
      cluster.awaitEqual();
      for (Node node : cluster.all()) {
        assertThat(node.machine().all())
            .containsExactly(
                new RecordingMachine.Applied(first.index(), "one"),
                new RecordingMachine.Applied(second.index(), "two"));
      }
    }
  }

  @Test
  void aMemberAnswersWhatAnotherAsksBesideTheLog() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node asked = cluster.followers().get(0);
      Node asker = cluster.followers().get(1);
      String name = asked.name();
      byte[] large = new byte[ReplicatedLog.MAX_TALK_BYTES];
      assertThatThrownBy(() -> asker.log().ask(name, new byte[1]).get(20, TimeUnit.SECONDS))
          .as("nobody answers yet")
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(LogUnavailableException.class);

      asked
          .log()
          .answer(
              (from, question) ->
                  question.length == 1
                      ? CompletableFuture.failedFuture(new IllegalStateException("no such thing"))
                      : CompletableFuture.completedFuture(
                          question.length == 2 ? from.getBytes(StandardCharsets.UTF_8) : question));
      assertThat(asker.log().ask(name, large).get(20, TimeUnit.SECONDS)).isEqualTo(large);
      assertThat(asker.log().ask(name, new byte[2]).get(20, TimeUnit.SECONDS))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(asker.name());
      assertThatThrownBy(() -> asker.log().ask(name, new byte[1]).get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("no such thing");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> asker.log().ask(name, new byte[large.length + 1]));
      assertThatThrownBy(() -> asker.log().ask("nobody", new byte[1]).get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theOutcomeOfTheStateMachineComesBack() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      assertThat(cluster.leader().propose("new").outcome()).isEqualTo(Outcome.APPLIED);
      assertThat(cluster.leader().propose("duplicate").outcome()).isEqualTo(Outcome.DUPLICATE);
      assertThat(cluster.followers().get(0).propose("duplicate").outcome())
          .isEqualTo(Outcome.DUPLICATE);
    }
  }

  @Test
  void entriesAreCommittedInTheOrderOfTheCalls() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      List<CompletableFuture<Committed>> all = new ArrayList<>();
      List<String> expected = IntStream.range(0, 250).mapToObj(i -> "entry " + i).toList();
      Node leader = cluster.leader();
      expected.forEach(entry -> all.add(leader.proposal(entry)));
      long last = 0;
      for (CompletableFuture<Committed> one : all) {
        long index = one.get(10, TimeUnit.SECONDS).index();
        assertThat(index).isGreaterThan(last);
        last = index;
      }
      cluster.awaitEqual();
      assertThat(cluster.leader().machine().entries()).isEqualTo(expected);
    }
  }

  @Test
  void anEntryAtTheBoundIsTakenAndOneAboveIsRefused() throws Exception {
    try (LogCluster cluster = cluster(1).startAll()) {
      ReplicatedLog log = cluster.leader().log();
      assertThat(log.maxEntryBytes()).isGreaterThan(128 * 1024);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> log.propose(new byte[log.maxEntryBytes() + 1]))
          .withMessageContaining(String.valueOf(log.maxEntryBytes()));
      log.propose(new byte[log.maxEntryBytes()]).get(10, TimeUnit.SECONDS);
      log.propose(new byte[0]).get(10, TimeUnit.SECONDS);
      assertThat(cluster.leader().machine().size()).isEqualTo(2);
    }
  }

  @Test
  void whenTooManyWaitTheNextIsRejected() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      Node alone = cluster.start("m1");
      List<CompletableFuture<Committed>> all = new ArrayList<>();
      for (int i = 0; i < ReplicatedLog.MAX_WAITING + 10; i++) {
        all.add(alone.proposal("entry"));
      }
      assertThatThrownBy(() -> all.get(all.size() - 1).get(1, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining(String.valueOf(ReplicatedLog.MAX_WAITING));
      assertThat(all.get(0)).isNotCompletedExceptionally();
    }
  }

  @Test
  void aBarrierOnAFollowerSeesWhatWasAcknowledgedToTheLeader() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      Node follower = cluster.followers().get(0);
      for (int i = 0; i < 50; i++) {
        Committed committed = leader.propose("entry " + i);
        long barrier = follower.log().barrier().get(10, TimeUnit.SECONDS);
        assertThat(barrier).isGreaterThanOrEqualTo(committed.index());
        assertThat(follower.machine().entries()).contains("entry " + i);
        assertThat(follower.log().status().appliedIndex()).isGreaterThanOrEqualTo(barrier);
      }
    }
  }

  @Test
  void aBarrierOfAnEmptyLogIsDone() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      assertThat(cluster.followers().get(0).log().barrier().get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void whenTheLeaderDiesAnotherLeadsAndTheProposalsOfTheRestGoOn() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node old = cluster.leader();
      List<String> acknowledged = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        old.propose("before " + i);
        acknowledged.add("before " + i);
      }
      Node survivor = cluster.followers().get(0);
      cluster.kill(old.name());
      for (int i = 0; i < 20; i++) {
        survivor.propose("after " + i);
        acknowledged.add("after " + i);
      }
      assertThat(cluster.leader().name()).isNotEqualTo(old.name());
      cluster.awaitEqual();
      assertThat(survivor.machine().entries()).isEqualTo(acknowledged);
    }
  }

  @Test
  void whenTheLeaderIsClosedItHandsOnAndIsGone() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node old = cluster.leader();
      old.propose("one");
      cluster.stop(old.name());
      old.log().close();
      assertThat(old.log().status().role()).isEqualTo(Role.INACTIVE);
      assertThat(cluster.leader().propose("two").outcome()).isEqualTo(Outcome.APPLIED);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> old.propose("three"))
          .withCauseInstanceOf(LogUnavailableException.class);
    }
  }

  @Test
  void aMemberThatWasAwayCatchesUpFromTheLog() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      cluster.leader().propose("with all");
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      for (int i = 0; i < 100; i++) {
        cluster.leader().propose("without " + i);
      }
      Node back = cluster.start(away);
      cluster.awaitEqual();
      assertThat(back.machine().size()).isEqualTo(101);
    }
  }

  @Test
  void whatIsStillInTheLogCanBeRead() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      long before = System.currentTimeMillis();
      cluster.leader().propose("one");
      cluster.followers().get(0).propose("two");
      cluster.awaitEqual();
      for (Node node : cluster.all()) {
        List<LoggedEntry> read = LogCluster.read(node.log());
        assertThat(read)
            .map(e -> new RecordingMachine.Applied(e.index(), new String(e.entry(), UTF_8)))
            .isEqualTo(node.machine().all());
        assertThat(read)
            .map(LoggedEntry::atMs)
            .allMatch(at -> at >= before - 1000 && at <= System.currentTimeMillis() + 1000);
      }
    }
  }

  @Test
  void aLogThatIsReadWhileItIsCutGoesOnFromWhereItBegins() throws Exception {
    try (LogCluster cluster = cluster(1).startAll()) {
      Node node = cluster.leader();
      String large = "x".repeat(100_000);
      for (int i = 0; i < 40; i++) {
        node.propose(large + i);
      }
      try (LogCursor cursor = node.log().read()) {
        LogSlice first = cursor.next().get(10, TimeUnit.SECONDS);
        assertThat(first.begin()).isEqualTo(1);
        assertThat(first.end()).isFalse();
        node.log().snapshot().get(20, TimeUnit.SECONDS);
        node.propose("after");
        await()
            .atMost(LogCluster.PATIENCE)
            .until(() -> LogCluster.firstIndex(node.log()) > first.next());
        LogSlice next = cursor.next().get(10, TimeUnit.SECONDS);
        assertThat(next.begin()).isGreaterThan(first.next());
        while (!next.end()) {
          next = cursor.next().get(10, TimeUnit.SECONDS);
        }
        assertThat(new String(last(next).entry(), UTF_8)).isEqualTo("after");
      }
      LogCursor late = node.log().read();
      cluster.kill(node.name());
      assertThatThrownBy(() -> late.next().get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
  }

  private static LoggedEntry last(LogSlice slice) {
    return slice.entries().get(slice.entries().size() - 1);
  }

  @Test
  void aMemberThatWasAwayCatchesUpFromASnapshot() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      String large = "x".repeat(100_000);
      for (int i = 0; i < 40; i++) {
        cluster.leader().propose(large + i);
      }
      for (Node node : cluster.all()) {
        node.log().snapshot().get(20, TimeUnit.SECONDS);
        assertThat(node.machine().snapshots()).isPositive();
      }
      cluster.leader().propose("after");
      Node back = cluster.start(away);
      cluster.awaitEqual();
      assertThat(back.machine().restores()).isPositive();
      assertThat(back.machine().size()).isEqualTo(41);
      assertThat(back.propose("of the one that is back").outcome()).isEqualTo(Outcome.APPLIED);
    }
  }

  @Test
  void aClusterThatIsRestartedAfterASnapshotKeepsEverything() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      for (int i = 0; i < 20; i++) {
        cluster.leader().propose("before " + i);
      }
      cluster.awaitEqual();
      for (Node node : cluster.all()) {
        node.log().snapshot().get(20, TimeUnit.SECONDS);
      }
      cluster.leader().propose("after");
      cluster.awaitEqual();
      List<RecordingMachine.Applied> before = cluster.leader().machine().all();
      cluster.names().forEach(cluster::kill);
      cluster.startAll();
      for (Node node : cluster.all()) {
        assertThat(node.log().barrier().get(10, TimeUnit.SECONDS))
            .isEqualTo(before.get(before.size() - 1).index());
        assertThat(node.machine().restores()).isPositive();
        assertThat(node.machine().all()).isEqualTo(before);
      }
    }
  }

  @Test
  void whenNothingHappensAllHaveAppliedWhatIsCommitted() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      cluster.leader().propose("one");
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  cluster.all().stream()
                          .map(node -> node.log().status().appliedIndex())
                          .distinct()
                          .count()
                      == 1);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  cluster.all().stream()
                      .map(node -> node.log().status())
                      .allMatch(status -> status.appliedIndex() == status.commitIndex()));
    }
  }

  @Test
  void aWholeClusterThatIsRestartedKeepsEverything() throws Exception {
    List<RecordingMachine.Applied> before;
    try (LogCluster cluster = cluster(3).startAll()) {
      for (int i = 0; i < 50; i++) {
        cluster.leader().propose("entry " + i);
      }
      cluster.awaitEqual();
      before = cluster.leader().machine().all();
      cluster.names().forEach(cluster::kill);
      cluster.startAll();
      long barrier = cluster.followers().get(0).log().barrier().get(10, TimeUnit.SECONDS);
      assertThat(barrier).isEqualTo(before.get(49).index());
      cluster.awaitEqual();
      assertThat(cluster.leader().machine().all()).isEqualTo(before);
    }
  }

  @Test
  void leadershipIsHandedOnByTheLeaderAndByAFollower() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node first = cluster.leader();
      Node second = cluster.followers().get(0);
      first.log().transfer(second.name()).get(10, TimeUnit.SECONDS);
      assertThat(first.log().status().leader()).isEqualTo(second.name());
      second.propose("one");
      // Asked by a member that neither leads nor shall lead.
      Node third =
          cluster.all().stream()
              .filter(node -> !node.equals(first) && !node.equals(second))
              .findFirst()
              .get();
      third.log().transfer(first.name()).get(10, TimeUnit.SECONDS);
      assertThat(third.log().status().leader()).isEqualTo(first.name());
      first.propose("two");
      // A member that asks for itself.
      third.log().transfer(third.name()).get(10, TimeUnit.SECONDS);
      third.propose("three");
      assertThat(cluster.leader()).isSameAs(third);
      assertThat(third.machine().entries()).containsExactly("one", "two", "three");
    }
  }

  @Test
  void aTransferToNobodyFails() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      assertThatThrownBy(() -> leader.log().transfer("nobody").get(10, TimeUnit.SECONDS))
          .hasMessageContaining("nobody");
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      assertThatThrownBy(() -> leader.log().transfer(away).get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogUnavailableException.class);
      leader.propose("still there");
    }
  }

  @Test
  void aMemberAloneStartsAndSaysThatItHasNoQuorum() throws Exception {
    try (LogCluster cluster = cluster(3)) {
      Node alone = cluster.start("m2");
      LogStatus status = alone.log().status();
      assertThat(status.quorum()).isFalse();
      assertThat(status.role()).isEqualTo(Role.CANDIDATE);
      assertThat(status.leader()).isNull();
      CompletableFuture<Committed> proposal = alone.proposal("one");
      CompletableFuture<Long> barrier = alone.log().barrier();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> proposal.get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(LogUnavailableException.class);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> barrier.get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(LogUnavailableException.class);
    }
  }

  @Test
  void aLeaderThatLosesItsMajorityShowsItBeforeLong() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      leader.propose("one");
      cluster.followers().stream().map(Node::name).toList().forEach(cluster::kill);
      await().atMost(Duration.ofSeconds(5)).until(() -> !leader.log().status().quorum());
      assertThatThrownBy(() -> leader.log().barrier().get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogUnavailableException.class);
    }
  }

  @Test
  void theListenerHearsInOrderFromOneThread() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      Node follower = cluster.followers().get(0);
      long term = leader.log().status().term();
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  leader.listener().events().contains("role LEADER " + term)
                      && follower
                          .listener()
                          .events()
                          .contains("leader " + leader.name() + " " + term)
                      && follower.listener().events().contains("role FOLLOWER " + term));
      cluster.kill(leader.name());
      Node next = cluster.leader();
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () -> next.listener().events().contains("role LEADER " + next.log().status().term()));
      for (Node node : cluster.all()) {
        assertThat(node.listener().threads()).isEqualTo(1);
        assertThat(terms(node.listener().events())).isSorted();
      }
    }
  }

  private static List<Long> terms(List<String> events) {
    return events.stream()
        .map(event -> Long.valueOf(event.substring(event.lastIndexOf(' ') + 1)))
        .toList();
  }

  @Test
  void noticesReachTheOthersAndMembersAreShown() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      for (Node node : cluster.all()) {
        node.log().publish(("notice of " + node.name()).getBytes(StandardCharsets.UTF_8));
      }
      for (Node node : cluster.all()) {
        await()
            .atMost(LogCluster.PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(notices(node))
                        .containsExactly("notice of m1", "notice of m2", "notice of m3"));
        for (LogMember member : node.log().members()) {
          assertThat(member.reachable()).isTrue();
          assertThat(member.address())
              .isEqualTo(cluster.config("m1").members().get(member.name()).text());
          ClockOffset clock = Objects.requireNonNull(member.clock());
          assertThat(clock.ahead()).isBetween(Duration.ofMillis(-50), Duration.ofMillis(50));
          assertThat(clock.ahead().abs()).isLessThan(clock.error().plusMillis(1));
        }
      }
      Node watcher = cluster.leader();
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  watcher.log().members().stream()
                      .noneMatch(member -> member.name().equals(away) && member.reachable()));
      cluster.start(away);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> watcher.log().members().stream().allMatch(LogMember::reachable));
    }
  }

  private static List<String> notices(Node node) {
    return node.log().members().stream()
        .map(
            member ->
                member.notice() == null ? "-" : new String(member.notice(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void aNoticeThatIsTooLargeIsRefused() throws Exception {
    try (LogCluster cluster = cluster(1).startAll()) {
      ReplicatedLog log = cluster.leader().log();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> log.publish(new byte[ReplicatedLog.MAX_NOTICE_BYTES + 1]));
      log.publish(new byte[ReplicatedLog.MAX_NOTICE_BYTES]);
    }
  }
}
