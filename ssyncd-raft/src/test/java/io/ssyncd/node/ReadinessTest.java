package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LoopbackCluster;
import io.ssyncd.log.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
  private static final long SECOND = 1_000_000_000L;
  @TempDir Path directory;

  private Readiness readiness(NodeConfig.Gate gate) {
    LoopbackCluster log = new LoopbackCluster(directory, "a", "b");
    return new Readiness(
        new NodeConfig(
            directory,
            log.config("a"),
            List.of(),
            new NodeConfig.Promotion(
                List.of(), List.of(), Optional.empty(), Duration.ofSeconds(10), gate),
            new NodeConfig.Limits(1, 1),
            NodeConfig.DIGEST_EVERY,
            List.of()));
  }

  private static LogStatus log(Role role, @Nullable String leader, boolean quorum) {
    return new LogStatus(role, leader, 1, 0, 0, quorum);
  }

  private static PromotionState.View view(
      NodeState state, boolean leads, long elected, boolean done) {
    return new PromotionState.View(state, Instant.EPOCH, leads, elected, done, 0);
  }

  private static int value(
      Readiness readiness, PromotionState.View view, LogStatus status, long nowNanos) {
    return readiness.value(view, status, false, false, nowNanos).value();
  }

  private static final PromotionState.View FOLLOWER = view(NodeState.FOLLOWER, false, 0, false);

  @Test
  void aLeaderIsReadyWhenVerifiedAndDegradedWhenLate() {
    Readiness readiness = readiness(NodeConfig.Gate.STRICT);
    LogStatus leading = log(Role.LEADER, "a", true);
    assertThat(value(readiness, view(NodeState.WRITING, true, 0, false), leading, SECOND))
        .isEqualTo(-254);
    assertThat(value(readiness, view(NodeState.WRITING, true, 0, false), leading, 10 * SECOND))
        .isEqualTo(50);
    assertThat(value(readiness, view(NodeState.VERIFIED, true, 0, true), leading, 11 * SECOND))
        .isEqualTo(100);
    assertThat(
            value(
                readiness,
                view(NodeState.VERIFIED, true, 0, true),
                log(Role.LEADER, "a", false),
                SECOND))
        .isEqualTo(50);
  }

  @Test
  void aNodeThatServedStaysDegradedWhenItsMajorityAndItsLeadershipAreGone() {
    Readiness readiness = readiness(NodeConfig.Gate.STRICT);
    assertThat(
            value(
                readiness,
                view(NodeState.INGESTING, true, 0, true),
                log(Role.LEADER, "a", true),
                SECOND))
        .isEqualTo(100);
    LogStatus alone = log(Role.CANDIDATE, null, false);
    assertThat(value(readiness, FOLLOWER, alone, 2 * SECOND)).isEqualTo(50);
    assertThat(value(readiness, FOLLOWER, log(Role.FOLLOWER, "b", true), 3 * SECOND))
        .isEqualTo(-254);
    assertThat(value(readiness, FOLLOWER, alone, 4 * SECOND)).isEqualTo(-254);
  }

  @Test
  void withoutAMajorityWhatWasWrittenIsGoodEnoughAndNobodyIsKeptAwayForever() {
    Readiness readiness = readiness(NodeConfig.Gate.STRICT);
    LogStatus alone = log(Role.CANDIDATE, null, false);
    assertThat(value(readiness, FOLLOWER, alone, SECOND)).isEqualTo(-254);
    assertThat(value(readiness, FOLLOWER, alone, 11 * SECOND)).isZero();
    readiness.lastKnownWritten();
    assertThat(value(readiness, FOLLOWER, alone, 12 * SECOND)).isEqualTo(50);
  }

  @Test
  void aLeaderWaitsForTheOneThatServedAloneUntilTheDeadline() {
    Readiness readiness = readiness(NodeConfig.Gate.STRICT);
    LogStatus leading = log(Role.LEADER, "a", true);
    PromotionState.View verified = view(NodeState.VERIFIED, true, 0, true);
    assertThat(readiness.value(verified, leading, false, true, SECOND).value()).isEqualTo(-254);
    assertThat(readiness.value(verified, leading, false, false, SECOND).value()).isEqualTo(100);
    assertThat(readiness.value(verified, leading, false, true, 10 * SECOND).value()).isEqualTo(100);
  }

  @Test
  void theOneThatServedAloneKeepsTheAddressUntilItLeads() {
    Readiness readiness = readiness(NodeConfig.Gate.STRICT);
    LogStatus following = log(Role.FOLLOWER, "b", true);
    assertThat(readiness.value(FOLLOWER, following, true, false, SECOND).value()).isEqualTo(50);
    assertThat(readiness.value(FOLLOWER, following, false, false, SECOND).value()).isEqualTo(-254);
  }
}
