package io.ssyncd.sink.pair;

import io.ssyncd.log.Entry;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.pair.PairEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Sends one old backup what changes, in its protocol. Used by one thread. */
final class BackupFrames {
  private static final int CHUNK_BYTES = 32 * 1024;

  private final OutputStream out;
  private final Stamps stamps;
  private final BackupCounters counters;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

  /** What the backup has heard of, to be forgotten by name: it knows no clear of everything. */
  private final Set<Scope> told = new TreeSet<>();

  private final Map<String, Long> serviceOf = new HashMap<>();

  BackupFrames(OutputStream out, Stamps stamps, BackupCounters counters) {
    this.out = out;
    this.stamps = stamps;
    this.counters = counters;
  }

  void put(SessionRecord record) throws IOException, InterruptedException {
    if (record instanceof HttpSession session) {
      put(session);
    } else if (record instanceof RecentEntry entry) {
      put(entry);
    }
  }

  private void put(HttpSession session) throws IOException {
    if (!isSent(PairEncoder.refusal(session))) {
      return;
    }
    noteService(session.key());
    told.add(session.key().scope());
    PairEncoder.session(session, room());
    counters.frame();
  }

  /** The original's backup drops all other services of a listener when a new one appears. */
  private void noteService(HttpKey key) {
    Long before = serviceOf.putIfAbsent(key.farm() + "/" + key.listener(), key.service());
    if (before != null && before != key.service()) {
      counters.severalServices();
    }
  }

  private void put(RecentEntry entry) throws IOException, InterruptedException {
    if (!isSent(PairEncoder.refusal(entry.key()))) {
      return;
    }
    long[] jiffies;
    try {
      jiffies = stamps.of(entry);
    } catch (IOException e) {
      counters.notSent("no-jiffies");
      return;
    }
    told.add(entry.key().scope());
    PairEncoder.entry(entry.key(), entry.ttl(), jiffies, room());
    counters.frame();
  }

  void change(Mutation mutation) throws IOException, InterruptedException {
    if (mutation instanceof Mutation.Put put) {
      put(put.session());
    } else if (mutation instanceof Mutation.Delete delete) {
      gone(delete.key());
    } else {
      clear(mutation.scope());
    }
  }

  private void gone(SessionKey key) throws IOException {
    if (key instanceof HttpKey http) {
      if (isSent(PairEncoder.refusal(http))) {
        PairEncoder.sessionGone(http, room());
        counters.frame();
      }
    } else if (key instanceof RecentKey recent && isSent(PairEncoder.refusal(recent))) {
      PairEncoder.entryGone(recent, room());
      counters.frame();
    }
  }

  void clear(Entry.Operation.Clear clear) throws IOException {
    for (Scope scope : Set.copyOf(told)) {
      if (scope.kind() == clear.kind() && (clear.scope() == null || scope.equals(clear.scope()))) {
        clear(scope);
      }
    }
  }

  private void clear(Scope scope) throws IOException {
    if (told.remove(scope)) {
      if (scope.kind() == Kind.HTTP) {
        PairEncoder.farmCleared(scope.name(), room());
      } else {
        PairEncoder.tableFlushed(scope.name(), room());
      }
      counters.frame();
    }
  }

  private boolean isSent(Optional<String> refusal) {
    refusal.ifPresent(counters::notSent);
    return refusal.isEmpty();
  }

  private ByteBuffer room() throws IOException {
    if (chunk.remaining() < PairEncoder.MAX_FRAME) {
      flush();
    }
    return chunk;
  }

  /** Sends what has gathered; waits for the backup. */
  void flush() throws IOException {
    out.write(chunk.array(), 0, chunk.position());
    out.flush();
    chunk.clear();
  }
}
