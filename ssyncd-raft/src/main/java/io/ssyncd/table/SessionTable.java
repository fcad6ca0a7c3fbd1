package io.ssyncd.table;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.StateMachine;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated table: what every member makes of the log.
 *
 * <ul>
 *   <li>An OPEN makes its index the epoch and its member the ingester; the sequence starts anew. A
 *       second OPEN of the same request changes nothing ({@link Outcome#DUPLICATE}): the epoch
 *       stays the index of the first, see {@link #appliedAt}.
 *   <li>A batch is applied if ingester and epoch are the current ones and its sequence is the next.
 *   <li>A command is applied once per request id; the last {@value RequestMemory#MAX_REQUESTS} ids
 *       of OPENs and commands are remembered.
 *   <li>Parts of a restore gather beside the table; its END puts them in the place of all records
 *       but those that changed after the save, and ends the epoch.
 *   <li>A step of a purge deletes its records, whoever leads, as often as it was proposed.
 *   <li>A mark notes the digest; the last {@value TableState#MAX_MARKS} are kept.
 *   <li>Bytes that are no entry are counted, logged and skipped; an entry of a newer release is
 *       {@link io.ssyncd.log.UnsupportedEntryException}, which halts the member.
 * </ul>
 *
 * <p>No bound of size is enforced here, for members must not differ: who proposes sees to that.
 *
 * <p>The methods of {@link StateMachine} are called by one thread; all others may be called by any.
 * Readers share a lock that an entry takes alone while it is applied; the longest reader, {@link
 * #records}, copies references and nothing else.
 */
public final class SessionTable implements TableView, StateMachine {
  private static final Logger log = LoggerFactory.getLogger(SessionTable.class);

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final List<TableListener> listeners = new CopyOnWriteArrayList<>();
  private final IndexWaiters waiters = new IndexWaiters();
  private final AtomicLongArray outcomes = new AtomicLongArray(Outcome.values().length);
  private final AtomicLong mutations = new AtomicLong();

  /** Of the applying thread alone. */
  private final Interner interner = new Interner();

  /** Guarded by the lock; the applying thread, which alone writes, may read without. */
  private TableState state = new TableState();

  @Override
  public Outcome apply(long index, byte[] bytes) {
    if (index <= state.appliedIndex) {
      throw new IllegalStateException(
          "entry " + index + " was handed over after entry " + state.appliedIndex);
    }
    Entry entry = decode(index, bytes);
    Outcome outcome;
    lock.writeLock().lock();
    try {
      outcome = entry == null ? Outcome.MALFORMED : state.apply(index, entry);
      state.appliedIndex = index;
    } finally {
      lock.writeLock().unlock();
    }
    outcomes.incrementAndGet(outcome.ordinal());
    if (entry instanceof Entry.Batch batch && outcome == Outcome.APPLIED) {
      mutations.addAndGet(batch.mutations().size());
    }
    tell(listener -> listener.applied(index, entry, outcome));
    waiters.reached(index);
    return outcome;
  }

  private @Nullable Entry decode(long index, byte[] bytes) {
    try {
      return EntryCodec.decode(bytes, interner);
    } catch (MalformedEntryException e) {
      log.error("log entry {} of {} bytes is skipped: {}", index, bytes.length, e.getMessage());
      return null;
    }
  }

  @Override
  public void writeSnapshot(OutputStream to) throws IOException {
    SnapshotWriter.write(state, to);
  }

  @Override
  public void readSnapshot(InputStream from) throws IOException {
    TableState read = SnapshotReader.read(from, interner);
    lock.writeLock().lock();
    try {
      state = read;
    } finally {
      lock.writeLock().unlock();
    }
    tell(listener -> listener.restored(read.appliedIndex));
    waiters.reached(read.appliedIndex);
  }

  /** Hears of every entry from now on. */
  public void onApplied(TableListener listener) {
    listeners.add(listener);
  }

  /** Takes a listener away; a call that has begun still ends. */
  public void noMore(TableListener listener) {
    listeners.remove(listener);
  }

  /**
   * Waits for an entry.
   *
   * @return the index of the last entry that was applied, once that is {@code index} or larger;
   *     completed by the applying thread, so continuations must not block; or {@link
   *     java.util.concurrent.RejectedExecutionException} if {@value IndexWaiters#MAX_WAITERS} wait
   */
  public CompletableFuture<Long> awaitApplied(long index) {
    return waiters.await(index);
  }

  /** How many wait in {@link #awaitApplied}, of {@value IndexWaiters#MAX_WAITERS}. */
  public int waiting() {
    return waiters.size();
  }

  /** How many entries had this outcome since this process started. */
  public long entries(Outcome outcome) {
    return outcomes.get(outcome.ordinal());
  }

  /** How many mutations were applied since this process started. */
  public long mutations() {
    return mutations.get();
  }

  /** The newest marks, oldest first. */
  public List<TableMark> marks() {
    return read(s -> List.copyOf(s.marks));
  }

  /**
   * What the newest of {@link #marks} found in each scope; empty if that mark came with a snapshot.
   */
  public Optional<MarkedScopes> marked() {
    return read(s -> Optional.ofNullable(s.marked));
  }

  /** The restore that is under way, or was broken off; empty if there is none. */
  public Optional<RestoreUnderWay> restoring() {
    return read(
        s ->
            Optional.ofNullable(s.restoring)
                .map(r -> new RestoreUnderWay(r.request(), r.savedAtMs(), r.records())));
  }

  /** All records at one index: copies of references, taken under the table's lock. */
  public TableCopy copy() {
    return read(
        s -> {
          SortedMap<Scope, List<SessionRecord>> records = new TreeMap<>();
          for (Scope scope : s.scopes.counts().keySet()) {
            ScopeTable table = s.scopes.of(scope);
            records.put(scope, table == null ? List.of() : table.copy());
          }
          return new TableCopy(s.appliedIndex, s.epoch, TableDigest.text(s.scopes.sum()), records);
        });
  }

  /** The sequence of the newest batch of the epoch; 0 before the first. */
  public long sequence() {
    return read(s -> s.sequence);
  }

  /** The index of the entry that a request took effect with; empty if none is remembered. */
  public OptionalLong appliedAt(UUID request) {
    return read(
        s -> {
          RequestMemory.Remembered known = s.requests.find(request);
          return known == null ? OptionalLong.empty() : OptionalLong.of(known.index());
        });
  }

  @Override
  public @Nullable SessionRecord get(SessionKey key) {
    lock.readLock().lock();
    try {
      return state.scopes.get(key);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public List<SessionRecord> records(Scope scope) {
    return read(
        s -> {
          ScopeTable table = s.scopes.of(scope);
          return table == null ? List.of() : table.copy();
        });
  }

  @Override
  public SortedMap<Scope, Integer> counts() {
    return read(s -> s.scopes.counts());
  }

  @Override
  public int count(Kind kind) {
    return read(s -> s.scopes.count(kind));
  }

  @Override
  public SortedSet<Feed> startedFeeds() {
    return read(s -> Collections.unmodifiableSortedSet(new TreeSet<>(s.started)));
  }

  @Override
  public SortedSet<Feed> stoppedFeeds() {
    return read(s -> Collections.unmodifiableSortedSet(new TreeSet<>(s.stopped)));
  }

  @Override
  public long epoch() {
    return read(s -> s.epoch);
  }

  @Override
  public @Nullable String ingester() {
    lock.readLock().lock();
    try {
      return state.ingester;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public long appliedIndex() {
    return read(s -> s.appliedIndex);
  }

  @Override
  public String digest() {
    return TableDigest.text(read(TableState::digest));
  }

  @Override
  public String digest(Scope scope) {
    return TableDigest.text(
        read(
            s -> {
              ScopeTable table = s.scopes.of(scope);
              return table == null ? 0L : table.sum();
            }));
  }

  private <T> T read(Function<TableState, T> question) {
    lock.readLock().lock();
    try {
      return question.apply(state);
    } finally {
      lock.readLock().unlock();
    }
  }

  private void tell(Consumer<TableListener> what) {
    for (TableListener listener : listeners) {
      try {
        what.accept(listener);
      } catch (RuntimeException e) {
        // The entry is applied already; a listener's bug must not halt this member alone.
        log.error("{} failed on what was applied", listener, e);
      }
    }
  }
}
