package io.ssyncd.source.pair;

import io.ssyncd.node.HostClock;
import io.ssyncd.node.Intake;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What frames of an old master mean for the cluster: records go in, the newer one wins; a clear
 * never goes through, for the original tells one whenever its link to a Pound comes or goes; and a
 * deletion waits, see {@link HeldRemovals}, and is void where the cluster's own record is newer
 * than what the old master told of it. Used by one thread, which waits while the log has more to do
 * than it takes.
 */
final class PairImport {
  /** How many records are told apart for the counts. */
  static final int MAX_TRACKED = 1 << 19;

  private static final int MAX_HELD = 1 << 17;
  private static final long PAUSE_NANOS = 5_000_000;

  private final Intake into;
  private final BooleanSupplier over;
  private final ImportOptions options;
  private final HostClock clock;
  private final MasterJiffies jiffies;
  private final ImportedSessions sessions;
  private final ImportedEntries entries;
  private final HeldRemovals held = new HeldRemovals(MAX_HELD);
  private final Taken taken = new Taken(MAX_TRACKED);
  private int connection;
  private long clears;

  /**
   * @param over whether the intake takes nothing more, ever
   */
  PairImport(Intake into, BooleanSupplier over, ImportOptions options, HostClock clock) {
    this.into = into;
    this.over = over;
    this.options = options;
    this.clock = clock;
    this.jiffies = new MasterJiffies(options.jiffiesPerSecond());
    this.sessions = new ImportedSessions(into.table(), options, clock);
    this.entries = new ImportedEntries(into.table(), clock, jiffies);
  }

  /** A connection is there. */
  void connected() {
    connection++;
    entries.connected(connection);
  }

  /** How many connections there were. */
  int connections() {
    return connection;
  }

  /** The connection is gone: what the old master deleted last may be how it died. */
  void disconnected() throws ImportOverException {
    keepAllHeld();
    settle();
  }

  /** No deletion that waits is made. */
  void keepAllHeld() {
    for (SessionKey key : held.due(Long.MAX_VALUE)) {
      tally(key).kept++;
    }
    int unused = held.dropAll();
  }

  /**
   * Takes a frame.
   *
   * @param live it does not answer a request
   */
  void take(PairFrame frame, boolean live) throws ImportOverException {
    if (frame instanceof PairFrame.Session session) {
      sessions.tally.frames++;
      session(session, live);
    } else if (frame instanceof PairFrame.Entry entry) {
      entries.tally.frames++;
      entry(entry, live);
    } else if (frame instanceof PairFrame.SessionGone gone) {
      sessions.tally.frames++;
      gone(gone.key(), sessions.isOver(gone.key()));
    } else if (frame instanceof PairFrame.EntryGone gone) {
      entries.tally.frames++;
      gone(gone.key(), false);
    } else if (frame instanceof PairFrame.FarmCleared) {
      clears++;
    } else if (frame instanceof PairFrame.Refused refused) {
      Tally of = refused.type() == PairFormat.TYPE_RECENT ? entries.tally : sessions.tally;
      of.frames++;
      of.refused(refused.reason());
    } else {
      sessions.tally.frames++;
      sessions.tally.refused("not-from-a-master");
    }
  }

  private void session(PairFrame.Session frame, boolean live) throws ImportOverException {
    HttpKey key = frame.session().key();
    returned(key);
    HttpSession session = sessions.take(frame, live);
    if (session == null) {
      known(key);
      return;
    }
    offer(ImportedSessions.put(session));
    count(key);
  }

  private void entry(PairFrame.Entry frame, boolean live) throws ImportOverException {
    returned(frame.key());
    String objection = entries.objection(frame);
    if (objection != null) {
      entries.tally.refused(objection);
      return;
    }
    if (!live && entries.hold(frame)) {
      return;
    }
    tell(frame.key(), entries.take(frame, live));
  }

  private void tell(RecentKey key, @Nullable RecentEntry entry) throws ImportOverException {
    if (entry != null) {
      offer(new Mutation.Put(entry));
      count(key);
    } else {
      known(key);
    }
  }

  private void returned(SessionKey key) {
    if (held.cancel(key)) {
      tally(key).kept++;
    }
  }

  private void count(SessionKey key) {
    if (taken.add(key, connection)) {
      tally(key).added++;
    } else {
      tally(key).updated++;
    }
  }

  /** The old master has it, and so has the cluster, or it is told later. */
  private void known(SessionKey key) {
    if (taken.contains(key) || into.table().get(key) != null) {
      boolean unused = taken.add(key, connection);
    }
  }

  private void gone(SessionKey key, boolean atItsTime) throws ImportOverException {
    boolean waits = key instanceof RecentKey recent && entries.has(recent);
    if (into.table().get(key) == null && !taken.contains(key) && !waits) {
      tally(key).unchanged++;
      return;
    }
    if (atItsTime) {
      remove(key);
    } else {
      held.hold(key, clock.steadyMillis() + options.deleteHold().toMillis(), knownMs(key));
    }
  }

  /** The last use of a record that the old master can have known of when it deleted it. */
  private long knownMs(SessionKey key) {
    OptionalLong told =
        key instanceof HttpKey http ? sessions.toldMs(http) : entries.toldMs((RecentKey) key);
    SessionRecord there = into.table().get(key);
    return told.orElseGet(() -> there == null ? clock.millis() : usedMs(there));
  }

  /** Whether this cluster's own Pounds or kernels have seen it after the old master did. */
  private boolean isOurs(SessionKey key) {
    SessionRecord there = into.table().get(key);
    return there != null && usedMs(there) > held.knownMs(key);
  }

  private static long usedMs(SessionRecord record) {
    // Of an entry, the old master's time is known to a second.
    return record instanceof HttpSession session
        ? session.lastAccessMs()
        : ((RecentEntry) record).lastSeenMs() - ImportedEntries.TOLERANCE_MS;
  }

  private void remove(SessionKey key) throws ImportOverException {
    offer(new Mutation.Delete(key));
    taken.remove(key);
    tally(key).removed++;
    if (key instanceof RecentKey recent) {
      entries.remove(recent);
    } else {
      sessions.remove((HttpKey) key);
    }
  }

  /** To be called some times a second: makes the deletions that are due. */
  void tick() throws ImportOverException {
    for (SessionKey key : held.due(clock.steadyMillis())) {
      Part part = Part.of(key);
      int waiting = held.waiting(part);
      if (waiting == 0) {
        continue;
      }
      if (waiting > 1 && taken.count(part) <= waiting) {
        tally(key).kept += held.drop(part);
      } else if (isOurs(key)) {
        held.done(key);
        tally(key).kept++;
      } else {
        held.done(key);
        remove(key);
      }
    }
  }

  /** The old master has told of all that it holds. */
  void told() throws ImportOverException {
    entries.told();
    settle();
  }

  /** Tells of entries whose times are known now, or better than before. */
  void settle() throws ImportOverException {
    for (RecentKey key : entries.waiting()) {
      tell(key, entries.take(key));
    }
    for (RecentEntry entry : entries.retold()) {
      offer(new Mutation.Put(entry));
    }
  }

  /** Waits for room: the old master is not read meanwhile, and nothing is lost. */
  private void offer(Mutation mutation) throws ImportOverException {
    while (!into.offer(mutation)) {
      if (over.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        throw new ImportOverException();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private Tally tally(SessionKey key) {
    return key instanceof HttpKey ? sessions.tally : entries.tally;
  }

  long clears() {
    return clears;
  }

  Taken taken() {
    return taken;
  }

  ImportReport.Time time() {
    return new ImportReport.Time(
        jiffies.rate(), jiffies.measuredRate(), jiffies.isAnchored(), sessions.lagMs());
  }

  SortedMap<Kind, ImportReport.Counts> counts() {
    SortedMap<Kind, ImportReport.Counts> counts = new TreeMap<>();
    long heldEntries =
        held.due(Long.MAX_VALUE).stream().filter(key -> key instanceof RecentKey).count();
    counts.put(Kind.HTTP, sessions.tally.counts(held.size() - heldEntries));
    counts.put(Kind.RECENT, entries.tally.counts(heldEntries));
    return counts;
  }
}
