package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.TableListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Streams to one client what changes the table of this node, an item a change, in the order of the
 * log: {@code {"index":7,"op":"put|delete|clear|restored",...}}. An entry that changes no record,
 * and a sign of life every {@link #SIGN_OF_LIFE}, is an item with the index alone.
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
  private volatile boolean overrun;

  /** An entry that took effect; {@code restored} if it was a whole table instead. */
  private record Applied(long index, @Nullable Entry entry, boolean restored) {
    /** How much of the bound it takes. */
    int weight() {
      return entry instanceof Entry.Batch batch ? 1 + batch.mutations().size() : 1;
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

  private static void send(Applied applied, Reply reply) throws IOException {
    List<ObjectNode> changes = changes(applied);
    for (ObjectNode change : changes) {
      reply.item(change.put("index", applied.index()));
    }
    if (changes.isEmpty()) {
      reply.item(JSON.objectNode().put("index", applied.index()));
    }
  }

  private static List<ObjectNode> changes(Applied applied) {
    if (applied.restored()) {
      return List.of(op("restored"));
    }
    if (applied.entry() instanceof Entry.Batch batch) {
      return batch.mutations().stream().map(Watch::change).toList();
    }
    if (applied.entry() instanceof Entry.Command command
        && command.operation() instanceof Entry.Operation.Clear clear) {
      Scope scope = clear.scope();
      ObjectNode node = op("clear").put("kind", clear.kind().word());
      return List.of(scope == null ? node : node.put("scope", scope.name()));
    }
    return List.of();
  }

  private static ObjectNode change(Mutation change) {
    if (change instanceof Mutation.Put put) {
      return op("put").setAll(SessionJson.of(put.session()));
    }
    ObjectNode node = op(change instanceof Mutation.Delete ? "delete" : "clear");
    node.put("kind", change.scope().kind().word());
    node.put("scope", change.scope().name());
    return change instanceof Mutation.Delete delete ? key(node, delete.key()) : node;
  }

  private static ObjectNode op(String word) {
    return JSON.objectNode().put("op", word);
  }

  private static ObjectNode key(ObjectNode node, SessionKey key) {
    if (key instanceof HttpKey http) {
      node.put("listener", http.listener());
      node.put("service", http.service());
      node.put("key", http.key().latin1());
    } else if (key instanceof RecentKey recent) {
      node.put("address", recent.addressText());
    }
    return node;
  }
}
