package io.ssyncd.log;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log that a majority of the members agrees on, and that drives a {@link StateMachine} on each of
 * them. The port between the node and whatever consensus library stands behind it; its contract is
 * tested by {@code ReplicatedLogContract}.
 *
 * <p>Thread-safe. Futures complete on threads of the log: do not block in their continuations.
 */
public interface ReplicatedLog extends AutoCloseable {
  /**
   * The largest entry that {@link #propose} takes, in bytes. What is larger is refused at once with
   * an {@link IllegalArgumentException}.
   */
  int maxEntryBytes();

  /**
   * Joins the cluster; returns once this member's log is open and takes part in elections, which
   * does not need a leader, nor any other member.
   *
   * @param machine is restored from the last snapshot, then applies what follows
   * @param listener hears of roles and leaders from the first one on
   * @throws LogRefusedException if the configuration or the directory does not allow a start
   */
  void start(StateMachine machine, LogListener listener) throws LogRefusedException;

  /**
   * Proposes an entry from any member. Entries are committed one at a time in the order of these
   * calls; at most {@link #MAX_WAITING} wait.
   *
   * @param entry at most {@link #maxEntryBytes()}; not to be changed afterwards
   * @return the committed entry; or {@link LogUnavailableException} when that cannot be had in
   *     time, with the entry perhaps committed later, perhaps not; or {@link
   *     java.util.concurrent.RejectedExecutionException} when too many wait
   */
  CompletableFuture<Committed> propose(byte[] entry);

  /** How many proposals may wait for the one in flight. */
  int MAX_WAITING = 1024;

  /**
   * A linearizable read of "how far": completes once this member's state machine has applied every
   * entry that was acknowledged to anybody before this call.
   *
   * @return the index of the last entry that the state machine had to apply; or {@link
   *     LogUnavailableException} without a leader that a majority follows
   */
  CompletableFuture<Long> barrier();

  /**
   * Takes a snapshot of the state machine now and drops the log before it.
   *
   * @return done when that is so; or {@link LogUnavailableException} if the log ends before
   */
  CompletableFuture<Void> snapshot();

  /**
   * So many bytes of entries fill a file of the log: once they were committed behind an entry, a
   * {@link #snapshot} that is taken then lets go of the file that holds it.
   */
  default long fileBytes() {
    return 0;
  }

  /**
   * Hands leadership to a member. May be called on any member: one that does not lead asks the
   * leader to.
   *
   * @param member the name of a member that votes
   * @return done once that member leads; {@link LogUnavailableException} if it does not in time
   */
  CompletableFuture<Void> transfer(String member);

  /**
   * Takes a member into the cluster, or gives a member a new address. May be called on any member.
   * A new one fills itself from the others as soon as it runs, and votes once it has caught up; it
   * may be started before or after this call. One change at a time.
   *
   * @param name 1 to 63 letters, digits, dots, hyphens and underscores
   * @param address where it listens
   * @return done once a majority has committed it; {@link LogUnavailableException} if that cannot
   *     be had in time (it may be later) or another change is under way; {@link
   *     IllegalArgumentException} if it cannot be at all
   */
  CompletableFuture<Void> addMember(String name, LogConfig.MemberAddress address);

  /**
   * Takes a member out of the cluster, whether it runs or not; leadership is handed on first. May
   * be called on any member, on that one too. One change at a time.
   *
   * @param force also if the rest is then without a majority in reach
   * @return as {@link #addMember}; refused too if no voter that keeps sessions would be left
   */
  CompletableFuture<Void> removeMember(String name, boolean force);

  /**
   * Reads what this member's log still has: what a snapshot made superfluous may be gone.
   *
   * @return to be closed
   */
  LogCursor read();

  /**
   * Why this member takes no part in its cluster, in words that say what to do: the others do not
   * know it (yet, or any more). Null if it takes part, or has not heard. Never blocks.
   */
  @Nullable String outside();

  /** Where this member's log stands. Never blocks. */
  LogStatus status();

  /** What the log takes on the disk; looks at the directory. */
  default LogFigures figures() {
    return LogFigures.NONE;
  }

  /** All members of the cluster, this one included, ordered by name. Never blocks. */
  List<LogMember> members();

  /** What an operator should look at; empty if all is well. Never blocks. */
  default List<LogWarning> warnings() {
    return List.of();
  }

  /** How often bounds were reached and requests repeated, by name. Never blocks. */
  default Map<String, Long> counters() {
    return Map.of();
  }

  /**
   * Tells the others something small about this member (at most {@link #MAX_NOTICE_BYTES}), not
   * through the log: the newest notice reaches those that are in reach within about half a second,
   * quorum or not.
   */
  void publish(byte[] notice);

  /** The largest notice. */
  int MAX_NOTICE_BYTES = 8 * 1024;

  /**
   * Tells in which order members are asked to lead when a leader has to hand leadership on by
   * itself: because it is closed or taken out, or its disk is full. Whatever the order, a witness
   * is asked when nobody else is left.
   *
   * @param merit the better member is the greater one; called on threads of the log, does not block
   */
  void preferHeirs(Comparator<LogMember> merit);

  /**
   * Asks another member something beside the log, quorum or not.
   *
   * @param member another member's name
   * @param question at most {@link #MAX_TALK_BYTES}
   * @return its answer; or {@link LogUnavailableException} if it does not answer in time, or
   *     refuses, or is of a release that does not
   */
  CompletableFuture<byte[]> ask(String member, byte[] question);

  /** Has questions of others answered from now on; before that they are refused. */
  void answer(Questions by);

  /** The largest question and the largest answer of {@link #ask}. */
  int MAX_TALK_BYTES = 256 * 1024;

  /** Answers what other members ask. Called on threads of the log: must not block. */
  @FunctionalInterface
  interface Questions {
    /**
     * Answers.
     *
     * @param from the member that asks
     * @param question its bytes; the callee may keep them
     * @return at most {@link #MAX_TALK_BYTES}; a failure is told to the asker as text
     */
    CompletableFuture<byte[]> answer(String from, byte[] question);
  }

  /** Leaves without being removed from the cluster; hands leadership on first where it can. */
  @Override
  void close();
}
