package io.ssyncd.node;

import io.ssyncd.session.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's end of a feed, from its opening to its closing, whoever leads. Changed by the node's
 * thread and by writers; read by any.
 */
final class LocalFeed {
  private static final Logger log = LoggerFactory.getLogger(LocalFeed.class);

  private final Feed feed;
  private final @Nullable Endpoint endpoint;
  private final @Nullable String refusal;
  private final SinkWriter writer;
  private final FeedCounters counters;
  private volatile boolean ingesting;
  private volatile State state =
      new State(SinkState.IDLE, Instant.now(), null, List.of(), null, 0, 0);

  /**
   * How its sink stands.
   *
   * @param since when it came to stand so
   * @param reports of the last write that came to its end
   * @param why the last that did not; null if one did since
   * @param writes how many came to their end
   * @param failures how many did not
   */
  private record State(
      SinkState sink,
      Instant since,
      @Nullable Instant lastWrite,
      List<ScopeReport> reports,
      @Nullable String why,
      long writes,
      long failures) {
    State as(SinkState next) {
      Instant then = next == sink ? since : Instant.now();
      return new State(next, then, lastWrite, reports, why, writes, failures);
    }

    State because(String text) {
      return new State(sink, since, lastWrite, reports, text, writes, failures + 1);
    }
  }

  /**
   * An open one, or one that could not be opened.
   *
   * @param endpoint null if it could not be opened
   * @param refusal why not
   */
  LocalFeed(
      Feed feed,
      @Nullable Endpoint endpoint,
      @Nullable String refusal,
      SinkWriter writer,
      FeedCounters counters) {
    this.feed = feed;
    this.endpoint = endpoint;
    this.refusal = refusal;
    this.writer = writer;
    this.counters = counters;
  }

  Feed feed() {
    return feed;
  }

  /** Null if this host cannot have that feed. */
  @Nullable Endpoint endpoint() {
    return endpoint;
  }

  SinkWriter writer() {
    return writer;
  }

  FeedCounters counters() {
    return counters;
  }

  boolean ingesting() {
    return ingesting;
  }

  void ingesting(boolean now) {
    ingesting = now;
  }

  SinkState sinkState() {
    return state.sink();
  }

  /** Whether a write has ended so lately. */
  boolean writtenWithin(Duration time) {
    Instant last = state.lastWrite();
    return last != null && last.plus(time).isAfter(Instant.now());
  }

  /**
   * Whether its sink lacks what was to be written there: it never was, the last write did not come
   * to its end, or another process took the place of the one that was written. One that refused
   * records, or was read back otherwise, was written.
   */
  boolean lacksWrite() {
    Endpoint end = endpoint;
    State now = state;
    return end != null && (now.lastWrite() == null || now.why() != null || isUnwritten(end));
  }

  private boolean isUnwritten(Endpoint end) {
    try {
      return end.sink().isUnwritten();
    } catch (RuntimeException e) {
      log.error("{}: its sink failed by a bug", feed, e);
      return false;
    }
  }

  synchronized void writing() {
    state = state.as(SinkState.WRITING);
  }

  /** The write that is under way, if any, is called off. */
  synchronized void calledOff() {
    if (state.sink() == SinkState.WRITING) {
      state = state.as(SinkState.IDLE);
    }
  }

  synchronized void written(List<ScopeReport> reports) {
    boolean complete = reports.stream().allMatch(ScopeReport::complete);
    State now = state.as(complete ? SinkState.VERIFIED : SinkState.PARTIAL);
    state =
        new State(
            now.sink(),
            now.since(),
            Instant.now(),
            reports,
            null,
            now.writes() + 1,
            now.failures());
  }

  synchronized void failed(String why) {
    state = state.as(SinkState.FAILED).because(why);
  }

  /** A write ended early that nobody tries again: an operator's, or one of a reign that is over. */
  synchronized void endedEarly(String why) {
    state = state.because(why);
  }

  /** What the operator should know of it. */
  List<Warning> warnings() {
    List<Warning> all = new ArrayList<>();
    Endpoint end = endpoint;
    if (end == null) {
      all.add(WarningCode.FEED_REFUSED.with(feed + " cannot be opened on this host: " + refusal));
      return all;
    }
    State now = state;
    if (now.sink() == SinkState.FAILED) {
      all.add(WarningCode.SINK_FAILED.with(feed + " could not be written: " + now.why()));
    } else if (now.sink() == SinkState.PARTIAL) {
      all.add(WarningCode.SINK_PARTIAL.with(partial(now.reports())));
    }
    if (counters.unfitChanges() > 0) {
      all.add(
          WarningCode.UNFIT_CHANGES.with(
              feed + ": " + counters.unfitChanges() + " changes fit into no batch and were lost"));
    }
    all.addAll(source(end).warnings());
    for (Warning warning : sinkWarnings(end)) {
      if (!all.contains(warning)) {
        all.add(warning);
      }
    }
    return all;
  }

  private String partial(List<ScopeReport> reports) {
    long refused = reports.stream().mapToLong(ScopeReport::refused).sum();
    long mismatched = reports.stream().mapToLong(ScopeReport::mismatched).sum();
    return feed
        + ": of the last write "
        + refused
        + " records were refused and "
        + mismatched
        + " read back otherwise";
  }

  private List<Warning> sinkWarnings(Endpoint end) {
    try {
      return end.sink().warnings();
    } catch (RuntimeException e) {
      log.error("{}: its sink's warnings failed by a bug", feed, e);
      return List.of();
    }
  }

  private SessionSource.SourceStatus source(Endpoint end) {
    try {
      return end.source().status();
    } catch (RuntimeException e) {
      log.error("{}: its source's status failed by a bug", feed, e);
      return new SessionSource.SourceStatus(false, 0, 0, List.of());
    }
  }

  /** Whether the process behind its source is in reach. */
  boolean isConnected() {
    Endpoint end = endpoint;
    return end != null && source(end).connected();
  }

  /** Whether that process is deaf, see {@link SessionSource#isDeaf}. */
  boolean isDeaf() {
    Endpoint end = endpoint;
    try {
      return end != null && end.source().isDeaf();
    } catch (RuntimeException e) {
      log.error("{}: its source failed by a bug", feed, e);
      return false;
    }
  }

  private long notAdopted() {
    Endpoint end = endpoint;
    try {
      return end == null ? 0 : end.source().notAdopted();
    } catch (RuntimeException e) {
      log.error("{}: its source failed by a bug", feed, e);
      return 0;
    }
  }

  private List<Figure> figures() {
    Endpoint end = endpoint;
    try {
      return end == null ? List.of() : end.figures();
    } catch (RuntimeException e) {
      log.error("{}: its figures failed by a bug", feed, e);
      return List.of();
    }
  }

  /** Changes that its source has seen. */
  long events() {
    Endpoint end = endpoint;
    return end == null ? 0 : source(end).events();
  }

  NodeStatus.FeedStatus status() {
    Endpoint end = endpoint;
    SessionSource.SourceStatus source =
        end == null ? new SessionSource.SourceStatus(false, 0, 0, List.of()) : source(end);
    State now = state;
    return new NodeStatus.FeedStatus(
        feed,
        true,
        ingesting,
        source.connected(),
        source.events(),
        source.malformed(),
        notAdopted(),
        figures(),
        new NodeStatus.SinkStatus(
            now.sink().name(),
            now.since(),
            now.lastWrite(),
            now.reports(),
            now.why(),
            now.writes(),
            now.failures()));
  }
}
