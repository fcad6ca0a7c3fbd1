package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Scope;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands, at one instant. What is not known is null.
 *
 * @param node this node's name
 * @param role {@code leader}, {@code follower}, {@code candidate} or {@code witness}
 * @param state where its promotion stands
 * @param stateSince since when
 * @param leader the leader's name
 * @param term the current term
 * @param epoch the table's epoch
 * @param quorum whether a majority is in reach
 * @param inSync whether every member is in reach, as far as the log is, and not known to hold
 *     another table
 * @param commitIndex the last index known to be committed
 * @param appliedIndex the last index in the table
 * @param digest the table's digest at that index
 * @param compared the members' tables, held against each other at their newest mark
 * @param members all members, this node included
 * @param address how this node and the address that traffic comes to find together
 * @param sessions records by farm and table
 * @param feeds how each feed's local end stands
 * @param queues every bounded queue: how full, how often over
 * @param warnings what an operator should look at
 */
public record NodeStatus(
    String node,
    String role,
    NodeState state,
    Instant stateSince,
    @Nullable String leader,
    long term,
    long epoch,
    boolean quorum,
    boolean inSync,
    long commitIndex,
    long appliedIndex,
    String digest,
    DigestReport compared,
    List<MemberStatus> members,
    AddressStatus address,
    SortedMap<Scope, Integer> sessions,
    List<FeedStatus> feeds,
    List<QueueStatus> queues,
    List<Warning> warnings) {

  /**
   * A member as this node sees it.
   *
   * @param name its name
   * @param address host:port
   * @param witness whether it votes only
   * @param voter whether it votes; a new member does once it has caught up
   * @param role {@code leader}, {@code follower}, {@code candidate} or {@code witness}
   * @param reachable whether it answered lately
   * @param appliedIndex how far its table is
   * @param lagEntries how many entries it is behind what this node knows to be committed
   * @param lagMs for how long it has been behind
   * @param clockOffsetMs how far its clock is ahead of this node's
   * @param clockErrorMs how far off that estimate may be
   * @param state where its promotion stands, as it last told
   */
  public record MemberStatus(
      String name,
      String address,
      boolean witness,
      boolean voter,
      @Nullable String role,
      boolean reachable,
      @Nullable Long appliedIndex,
      @Nullable Long lagEntries,
      @Nullable Long lagMs,
      @Nullable Double clockOffsetMs,
      @Nullable Double clockErrorMs,
      @Nullable NodeState state) {}

  /**
   * What keepalived and this node tell each other.
   *
   * @param track the number in the track file; null without one
   * @param trackWhy why it is that one
   * @param vip where the address is: {@code here}, {@code elsewhere}, {@code unknown}, or {@code
   *     unwatched} where nothing was configured to know it by
   * @param instances the last word of keepalived by instance; empty if it is not heard
   * @param moves how often the address came to this host or left it
   * @param lines how many lines of keepalived were understood
   * @param malformed how many were not
   */
  public record AddressStatus(
      @Nullable Integer track,
      @Nullable String trackWhy,
      String vip,
      SortedMap<String, String> instances,
      long moves,
      long lines,
      long malformed) {}

  /**
   * The local end of a feed.
   *
   * @param feed which
   * @param started whether the leader ingests it
   * @param ingesting whether this node does, now
   * @param connected whether the process behind it is in reach
   * @param events changes seen by its source
   * @param malformed frames or rows it could not read
   * @param notAdopted see {@link SessionSource#notAdopted}
   * @param figures what else is counted and measured of it
   * @param sink how its sink stands
   */
  public record FeedStatus(
      Feed feed,
      boolean started,
      boolean ingesting,
      boolean connected,
      long events,
      long malformed,
      long notAdopted,
      List<Figure> figures,
      SinkStatus sink) {
    public FeedStatus {
      figures = List.copyOf(figures);
    }
  }

  /**
   * How a sink stands.
   *
   * @param state {@code IDLE}, {@code WRITING}, {@code VERIFIED}, {@code PARTIAL} or {@code FAILED}
   * @param since when it came to stand so
   * @param lastWrite when it was last written, and read back
   * @param lastReports what that write did
   * @param lastError why the last write did not come to its end, and how far it came; null if one
   *     has since
   * @param writes how many writes came to their end, since the start of this process
   * @param failures how many did not
   */
  public record SinkStatus(
      String state,
      Instant since,
      @Nullable Instant lastWrite,
      List<ScopeReport> lastReports,
      @Nullable String lastError,
      long writes,
      long failures) {
    public SinkStatus {
      lastReports = List.copyOf(lastReports);
    }
  }

  /**
   * A bounded queue or buffer.
   *
   * @param name such as {@code intake http f1}
   * @param depth what waits now
   * @param bound what may wait
   * @param overflows how often the bound was hit
   */
  public record QueueStatus(String name, long depth, long bound, long overflows) {}
}
