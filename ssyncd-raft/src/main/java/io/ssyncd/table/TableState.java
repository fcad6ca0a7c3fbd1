package io.ssyncd.table;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that is replicated, and the rules by which entries change it. Depends on nothing but the
 * entries: no clock, no chance, no configuration, no order of a hash table. Not thread-safe.
 */
final class TableState {
  /** How many marks are kept. */
  static final int MAX_MARKS = 16;

  long appliedIndex;
  long epoch;
  long sequence;
  @Nullable String ingester;
  final SortedSet<Feed> started = new TreeSet<>();
  final SortedSet<Feed> stopped = new TreeSet<>();
  final RequestMemory requests = new RequestMemory();
  final Deque<TableMark> marks = new ArrayDeque<>();

  /** Of the newest mark that this member itself has applied. */
  @Nullable MarkedScopes marked;

  Scopes scopes = new Scopes();

  /** What a restore has gathered; null if none is under way. */
  @Nullable Restoring restoring;

  Outcome apply(long index, Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      return apply(batch);
    } else if (entry instanceof Entry.Open open) {
      return once(index, open.request(), () -> open(index, open.ingester()));
    } else if (entry instanceof Entry.Command command) {
      return once(index, command.request(), () -> execute(command.operation()));
    } else if (entry instanceof Entry.Restore restore) {
      return apply(index, restore);
    } else if (entry instanceof Entry.Purge purge) {
      purge.deletes().forEach(scopes::apply);
      return Outcome.APPLIED;
    }
    mark(((Entry.Mark) entry).request(), index);
    return Outcome.APPLIED;
  }

  private Outcome apply(Entry.Batch batch) {
    if (batch.epoch() != epoch || !batch.ingester().equals(ingester)) {
      return Outcome.STALE_EPOCH;
    }
    if (batch.sequence() <= sequence) {
      return Outcome.DUPLICATE;
    }
    if (batch.sequence() != sequence + 1) {
      return Outcome.GAP;
    }
    for (Mutation mutation : batch.mutations()) {
      scopes.apply(mutation);
    }
    sequence = batch.sequence();
    return Outcome.APPLIED;
  }

  private Outcome apply(long index, Entry.Restore restore) {
    UUID request = restore.request();
    Restoring under = restoring;
    boolean known = under != null && under.request().equals(request);
    if (requests.find(request) != null) {
      return Outcome.DUPLICATE;
    }
    Entry.RestoreStep step = restore.step();
    if (step instanceof Entry.RestoreStep.Begin begin) {
      if (known) {
        return Outcome.DUPLICATE;
      }
      restoring = new Restoring(request, begin.savedAtMs());
      return Outcome.APPLIED;
    }
    if (!known || under == null) {
      return Outcome.STALE_EPOCH;
    }
    if (step instanceof Entry.RestoreStep.Part part) {
      return under.add(part);
    }
    if (step instanceof Entry.RestoreStep.End end) {
      if (!under.isWhole(end)) {
        return Outcome.GAP;
      }
      scopes = under.replacing(scopes);
      // What the leader's sources said before they were written anew is no news any more.
      epoch = index;
      sequence = 0;
      ingester = null;
    }
    restoring = null;
    requests.remember(request, new RequestMemory.Remembered(index, Outcome.APPLIED));
    return Outcome.APPLIED;
  }

  private Outcome once(long index, UUID request, Runnable effect) {
    if (requests.find(request) != null) {
      return Outcome.DUPLICATE;
    }
    effect.run();
    requests.remember(request, new RequestMemory.Remembered(index, Outcome.APPLIED));
    return Outcome.APPLIED;
  }

  private void open(long index, String by) {
    epoch = index;
    sequence = 0;
    ingester = by;
  }

  private void execute(Entry.Operation operation) {
    if (operation instanceof Entry.Operation.StartFeed start) {
      started.add(start.feed());
      stopped.remove(start.feed());
    } else if (operation instanceof Entry.Operation.StopFeed stop) {
      stopped.add(stop.feed());
      started.remove(stop.feed());
    } else if (operation instanceof Entry.Operation.Clear clear) {
      Scope scope = clear.scope();
      if (scope != null) {
        scopes.clear(scope);
      } else {
        scopes.clear(clear.kind());
      }
    }
  }

  private void mark(UUID request, long index) {
    if (marks.size() == MAX_MARKS) {
      marks.removeFirst();
    }
    marks.addLast(new TableMark(request, index, TableDigest.text(digest())));
    marked = new MarkedScopes(index, scopes.marked());
  }

  /**
   * Records, requests, feeds, epoch, ingester, sequence and what a restore has gathered. Not the
   * marks: a member that once differed would differ for as long as it remembered that.
   */
  long digest() {
    Restoring under = restoring;
    return scopes.sum() + requests.sum() + digestOfTheRest() + (under == null ? 0 : under.digest());
  }

  private long digestOfTheRest() {
    StringBuilder text = new StringBuilder();
    text.append(ingester == null ? "-" : ingester.length() + " " + ingester);
    // A feed's name holds no NUL.
    started.forEach(feed -> text.append("\0+").append(feed));
    stopped.forEach(feed -> text.append("\0-").append(feed));
    byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(16 + utf8.length);
    bytes.putLong(epoch).putLong(sequence).put(utf8);
    return TableDigest.hash(0, bytes.array(), bytes.position());
  }
}
