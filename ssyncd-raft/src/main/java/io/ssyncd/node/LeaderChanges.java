package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last {@value #MAX_CHANGES} changes of leader since this process began, from what a
 * node hears anyway. Fed by one thread, read by any.
 */
final class LeaderChanges {
  static final int MAX_CHANGES = 32;

  private final Duration noticeAge;
  private final Deque<LeaderChange> changes = new ArrayDeque<>();
  private @Nullable String leader;
  private @Nullable String lastLeader;
  private long term;
  private long atNanos;
  private @Nullable Long leaderlessNanos;

  /** Whether what the leader says of its state is of this reign, and not of an earlier one. */
  private boolean fresh;

  private boolean watching;

  /**
   * @param noticeAge how old what members tell of themselves may be
   */
  LeaderChanges(Duration noticeAge) {
    this.noticeAge = noticeAge;
  }

  /**
   * Looks.
   *
   * @param states what a member says of its promotion; null if it says nothing
   */
  synchronized void look(LogStatus log, Function<String, @Nullable NodeState> states) {
    long now = System.nanoTime();
    String leads = log.leader();
    if (leads == null) {
      if (leaderlessNanos == null) {
        leaderlessNanos = now;
      }
      leader = null;
      return;
    }
    NodeState state = states.apply(leads);
    if (!leads.equals(leader) || log.term() != term) {
      began(leads, log.term(), now, state);
    }
    if (watching) {
      watch(state, now);
    }
  }

  private void began(String leads, long inTerm, long now, @Nullable NodeState state) {
    boolean first = lastLeader == null;
    long leaderless = leaderlessNanos == null ? 0 : (now - leaderlessNanos) / 1_000_000;
    add(new LeaderChange(inTerm, lastLeader, leads, Instant.now(), leaderless, null, null));
    leader = leads;
    lastLeader = leads;
    term = inTerm;
    atNanos = now;
    leaderlessNanos = null;
    // Whoever comes to a cluster that works has not seen how long that took.
    watching = !(first && isServing(state));
    fresh = !isServing(state);
  }

  private void watch(@Nullable NodeState state, long now) {
    if (!isServing(state)) {
      fresh = true;
      return;
    }
    if (!fresh && now - atNanos < noticeAge.toNanos()) {
      return;
    }
    long since = (now - atNanos) / 1_000_000;
    LeaderChange change = changes.removeLast();
    Long verified = change.verifiedMs() == null ? (Long) since : change.verifiedMs();
    boolean ingests = state == NodeState.INGESTING;
    changes.addLast(
        new LeaderChange(
            change.term(),
            change.from(),
            change.to(),
            change.at(),
            change.leaderlessMs(),
            verified,
            ingests ? since : null));
    watching = !ingests;
  }

  private static boolean isServing(@Nullable NodeState state) {
    return state == NodeState.VERIFIED || state == NodeState.INGESTING;
  }

  private void add(LeaderChange change) {
    if (changes.size() == MAX_CHANGES) {
      changes.removeFirst();
    }
    changes.addLast(change);
  }

  /** The newest first. */
  synchronized List<LeaderChange> newest() {
    List<LeaderChange> all = new ArrayList<>(changes);
    Collections.reverse(all);
    return all;
  }
}
