package io.ssyncd.node;

import io.ssyncd.log.RepeatedFailure;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed whose sink is kept current while another node leads: what has changed since it was last
 * written, and when it may be again. What changes is noted by the thread that applies entries; what
 * is not for anybody belongs to the node's.
 */
final class FollowedFeed {
  /** More scopes than these are not told apart. */
  private static final int MOST_SCOPES = 256;

  /** So often everything is looked at, whatever changed: for what others did to the tables. */
  private static final Duration WHOLE_EVERY = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(FollowedFeed.class);

  private final LocalFeed local;
  private final Backoff retry;

  /** Its own: what fails behind another feed hides nothing of this one. */
  private final RepeatedFailure bugs = new RepeatedFailure();

  private final Set<Scope> changed = new TreeSet<>();
  private boolean all = true;
  private long entries;
  private long written;
  private long takenAt;

  private boolean running;
  private long dueNanos = System.nanoTime();
  private long wholeNanos = System.nanoTime();
  private long writes;
  private long records;
  private volatile @Nullable String paused;
  private volatile @Nullable SinkWrite write;

  /** The traffic that its source had seen, and when that last rose. */
  private long traffic;

  private @Nullable Long trafficNanos;

  /**
   * A feed of which everything is still to be written.
   *
   * @param retry pauses after writes that failed
   */
  FollowedFeed(LocalFeed local, Backoff retry) {
    this.local = local;
    this.retry = retry;
  }

  Feed feed() {
    return local.feed();
  }

  LocalFeed local() {
    return local;
  }

  // ---- what changes ----

  /** An entry changed these scopes of the feed; all of them if empty. */
  synchronized void changed(Set<Scope> scopes) {
    entries++;
    all |= scopes.isEmpty();
    again(scopes);
  }

  /** These are to be written, though no entry changed them. */
  synchronized void again(Set<Scope> scopes) {
    changed.addAll(scopes);
    all |= changed.size() > MOST_SCOPES;
    if (all) {
      changed.clear();
    }
  }

  /** What the next write is about, from here on not to be written any more; empty for all. */
  synchronized Set<Scope> take() {
    Set<Scope> scopes = all ? Set.of() : Set.copyOf(changed);
    takenAt = entries;
    changed.clear();
    all = false;
    return scopes;
  }

  /** The write came to its end. */
  private synchronized void took(long changes) {
    written = takenAt;
    writes++;
    records += changes;
  }

  /** It did not: everything is to be written. */
  private synchronized void again() {
    all = true;
  }

  private synchronized boolean isDirty() {
    return all || !changed.isEmpty();
  }

  /** How many entries of the log changed the feed and are not in its sink. */
  synchronized long lag() {
    return entries - written;
  }

  // ---- the node's thread ----

  /** Whether something is to be written, and may be by now. */
  boolean isDue(long nowNanos) {
    if (nowNanos - wholeNanos >= WHOLE_EVERY.toNanos() && local.feed().kind() == Kind.RECENT) {
      again();
    }
    return !running && nowNanos - dueNanos >= 0 && isDirty();
  }

  void begun(Set<Scope> scopes) {
    running = true;
    wholeNanos = scopes.isEmpty() ? System.nanoTime() : wholeNanos;
  }

  /** That write is under way. */
  void writing(SinkWrite now) {
    write = now;
  }

  /** Ends the write that is under way, if any. From any thread. */
  void stop() {
    SinkWrite now = write;
    if (now != null) {
      now.stop();
    }
  }

  /** Written and read back; the next one is due after a pause. */
  void ended(long changes, Duration pause) {
    running = false;
    write = null;
    took(changes);
    retry.reset();
    dueNanos = System.nanoTime() + pause.toNanos();
  }

  /** Not written. */
  void failed() {
    running = false;
    write = null;
    again();
    dueNanos = System.nanoTime() + retry.next().toNanos();
  }

  /** Takes how many changes clients made so far; says whether any came lately. */
  boolean busy(long seen, long nowNanos, Duration lately) {
    if (trafficNanos == null || seen != traffic) {
      // What came before this node followed is no reason to wait.
      boolean first = trafficNanos == null;
      trafficNanos = first ? nowNanos - lately.toNanos() : nowNanos;
      traffic = seen;
    }
    return nowNanos - trafficNanos < lately.toNanos();
  }

  /** Why it is left alone; null if it is not. */
  void paused(@Nullable String why) {
    paused = why;
  }

  // ---- anybody ----

  /** How many changes clients made behind it so far; 0 if that cannot be told. */
  long traffic() {
    Endpoint endpoint = local.endpoint();
    try {
      return endpoint == null ? 0 : endpoint.source().traffic();
    } catch (RuntimeException e) {
      bug("source", e);
      return 0;
    }
  }

  /** What others took from its sink, as a reload of the firewall does from the kernel's tables. */
  Set<Scope> emptied() {
    Endpoint endpoint = local.endpoint();
    try {
      return endpoint == null ? Set.of() : endpoint.sink().emptied();
    } catch (RuntimeException e) {
      bug("sink", e);
      return Set.of();
    }
  }

  private void bug(String part, RuntimeException e) {
    long times = bugs.toSay(System.nanoTime());
    if (times > 0) {
      log.error("{}: its {} failed by a bug, the {}. since this was said", feed(), part, times, e);
    }
  }

  /** As it is shown. */
  synchronized FollowedSinks.Sink status() {
    return new FollowedSinks.Sink(local.feed(), lag(), writes, records, paused);
  }
}
