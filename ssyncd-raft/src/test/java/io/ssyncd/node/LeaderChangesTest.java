package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Role;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaderChangesTest {
  private final LeaderChanges changes = new LeaderChanges(Duration.ofDays(1));

  private void look(@Nullable String leader, long term, @Nullable NodeState state) {
    changes.look(new LogStatus(Role.FOLLOWER, leader, term, 1, 1, true), name -> state);
  }

  @Test
  void aChangeIsTimedUntilTheNewLeaderIngests() {
    look("a", 1, NodeState.INGESTING);
    look(null, 2, null);
    look("b", 2, NodeState.ELECTED);
    look("b", 2, NodeState.VERIFIED);
    assertThat(changes.newest().get(0).verifiedMs()).isNotNull();
    assertThat(changes.newest().get(0).ingestingMs()).isNull();

    look("b", 2, NodeState.INGESTING);
    LeaderChange newest = changes.newest().get(0);
    assertThat(newest.from()).isEqualTo("a");
    assertThat(newest.to()).isEqualTo("b");
    assertThat(newest.term()).isEqualTo(2);
    assertThat(newest.ingestingMs()).isNotNull().isGreaterThanOrEqualTo(newest.verifiedMs());
    assertThat(changes.newest()).hasSize(2);
  }

  @Test
  void howLongALeaderTookThatWasThereBeforeIsNotKnown() {
    look("a", 1, NodeState.INGESTING);
    look("a", 1, NodeState.INGESTING);

    assertThat(changes.newest()).hasSize(1);
    assertThat(changes.newest().get(0).from()).isNull();
    assertThat(changes.newest().get(0).ingestingMs()).isNull();
  }

  @Test
  void whatALeaderSaidOfItsLastReignDoesNotCountForTheNext() {
    look("a", 1, NodeState.INGESTING);
    look("a", 2, NodeState.INGESTING);
    assertThat(changes.newest().get(0).ingestingMs()).isNull();

    look("a", 2, NodeState.WRITING);
    look("a", 2, NodeState.INGESTING);
    assertThat(changes.newest().get(0).ingestingMs()).isNotNull();
  }

  @Test
  void onlyTheLastOnesAreKept() {
    for (int term = 1; term <= LeaderChanges.MAX_CHANGES + 5; term++) {
      look(term % 2 == 0 ? "a" : "b", term, null);
    }

    assertThat(changes.newest()).hasSize(LeaderChanges.MAX_CHANGES);
    assertThat(changes.newest().get(0).term()).isEqualTo(LeaderChanges.MAX_CHANGES + 5);
  }
}
