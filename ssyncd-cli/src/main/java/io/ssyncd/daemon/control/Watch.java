package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Streams to one client what changes the table of this node, an item a change, in the order of the
 * log: {@code {"index":7,"op":"put|delete|clear|restored",...}}. An entry that changes no record
 * that the client asked for, and a sign of life every {@link #SIGN_OF_LIFE}, is an item with the
 * index alone.
 *
 * <p>What waits for the client is bounded by {@value #MAX_WAITING} changes; a client that reads
 * more slowly than the cluster changes is told so, and cut off.
 */
final class Watch implements TableListener {
  /** Changes that wait for the client at most. */
  static final int MAX_WAITING = 1 << 18;

  /** How long a client hears nothing at most. */
  static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final BlockingQueue<Applied> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger depth = new AtomicInteger();
  private final ChangeFilter filter;
  private final Masked masked;
  private volatile boolean overrun;

  /**
   * @param filter what the client wants to hear of
   * @param masked how it is shown
   */
  Watch(ChangeFilter filter, Masked masked) {
    this.filter = filter;
    this.masked = masked;
  }

  /** An entry that took effect; {@code restored} if it was a whole table instead. */
  private record Applied(long index, @Nullable Entry entry, boolean restored) {
    /** How much of the bound it takes. */
    int weight() {
      return 1 + mutations(entry).size();
    }
  }

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    offer(new Applied(index, outcome == Outcome.APPLIED ? entry : null, false));
  }

  @Override
  public void restored(long index) {
    offer(new Applied(index, null, true));
  }

  private void offer(Applied applied) {
    if (overrun || depth.addAndGet(applied.weight()) > MAX_WAITING) {
      overrun = true;
    } else {
      waiting.add(applied);
    }
  }

  /**
   * Streams until the client leaves or is too slow.
   *
   * @param index of the last entry applied before
   * @throws IOException when the client has left
   */
  void stream(Reply reply, long index) throws IOException, InterruptedException {
    reply.item(JSON.objectNode().put("index", index));
    reply.flush();
    long last = index;
    while (!overrun) {
      Applied next = waiting.poll(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        reply.item(JSON.objectNode().put("index", last));
      } else {
        last = next.index();
        depth.addAndGet(-next.weight());
        send(next, reply);
      }
      if (waiting.isEmpty()) {
        reply.flush();
      }
    }
    reply.error(
        Exit.TRY_AGAIN, "the watch fell more than " + MAX_WAITING + " changes behind: watch again");
  }

  private void send(Applied applied, Reply reply) throws IOException {
    List<ObjectNode> changes = changes(applied);
    for (ObjectNode change : changes) {
      reply.item(change.put("index", applied.index()));
    }
    if (changes.isEmpty()) {
      reply.item(JSON.objectNode().put("index", applied.index()));
    }
  }

  private List<ObjectNode> changes(Applied applied) {
    if (applied.restored()) {
      return filter.wants("restored") ? List.of(op("restored")) : List.of();
    }
    List<Mutation> mutations = mutations(applied.entry());
    if (!mutations.isEmpty()) {
      return mutations.stream().flatMap(this::change).toList();
    }
    if (applied.entry() instanceof Entry.Command command
        && command.operation() instanceof Entry.Operation.Clear clear) {
      Scope scope = clear.scope();
      return clear(clear.kind(), scope == null ? null : scope.name()).toList();
    }
    return List.of();
  }

  private static List<Mutation> mutations(@Nullable Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      return batch.mutations();
    }
    return entry instanceof Entry.Purge purge ? purge.deletes() : List.of();
  }

  private Stream<ObjectNode> change(Mutation change) {
    if (change instanceof Mutation.Put put) {
      SessionRecord session = put.session();
      return filter.wants("put", session.key())
          ? Stream.of(op("put").setAll(masked.of(session)))
          : Stream.empty();
    }
    if (change instanceof Mutation.Delete delete) {
      return filter.wants("delete", delete.key())
          ? Stream.of(op("delete").setAll(masked.key(delete.key())))
          : Stream.empty();
    }
    return clear(change.scope().kind(), change.scope().name());
  }

  private Stream<ObjectNode> clear(Kind kind, @Nullable String scope) {
    if (!filter.wants("clear", kind, scope)) {
      return Stream.empty();
    }
    ObjectNode node = op("clear").put("kind", kind.word());
    return Stream.of(scope == null ? node : node.put("scope", scope));
  }

  private static ObjectNode op(String word) {
    return JSON.objectNode().put("op", word);
  }
}
