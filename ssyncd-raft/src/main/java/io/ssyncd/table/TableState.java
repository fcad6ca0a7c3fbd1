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
  final Scopes scopes = new Scopes();

  Outcome apply(long index, Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      return apply(batch);
    } else if (entry instanceof Entry.Open open) {
      return once(index, open.request(), () -> open(index, open.ingester()));
    } else if (entry instanceof Entry.Command command) {
      return once(index, command.request(), () -> execute(command.operation()));
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
  }

  /**
   * Records, requests, feeds, epoch, ingester and sequence. Not the marks: a member that once
   * differed would differ for as long as it remembered that.
   */
  long digest() {
    return scopes.sum() + requests.sum() + digestOfTheRest();
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
