package io.ssyncd.log.atomix;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations that wait for the one in flight; bounded. Thread-safe. */
final class WaitingRoom {
  private final Deque<Operation> waiting = new ArrayDeque<>();
  private final int seats;
  private @Nullable String closed;

  /**
   * @param seats how many may wait
   */
  WaitingRoom(int seats) {
    this.seats = seats;
  }

  /** What became of somebody who wanted to wait. */
  enum Entry {
    SEATED,
    FULL,
    CLOSED
  }

  /** Lets an operation in: behind the others, or before them if it is urgent. */
  synchronized Entry enter(Operation operation) {
    if (closed != null) {
      return Entry.CLOSED;
    }
    if (waiting.size() >= seats) {
      return Entry.FULL;
    }
    if (operation.urgent) {
      waiting.addFirst(operation);
    } else {
      waiting.addLast(operation);
    }
    return Entry.SEATED;
  }

  /** The next one; null if nobody waits. */
  synchronized @Nullable Operation next() {
    return waiting.pollFirst();
  }

  /** Removes and returns those whose time is over. */
  synchronized List<Operation> overdue(long now) {
    List<Operation> late = new ArrayList<>();
    for (Iterator<Operation> each = waiting.iterator(); each.hasNext(); ) {
      Operation operation = each.next();
      if (operation.overdue(now)) {
        each.remove();
        late.add(operation);
      } else if (!operation.urgent) {
        // Those behind came later.
        break;
      }
    }
    return late;
  }

  /** Lets nobody in any more; returns those who waited. */
  synchronized List<Operation> close(String why) {
    if (closed == null) {
      closed = why;
    }
    List<Operation> left = new ArrayList<>(waiting);
    waiting.clear();
    return left;
  }

  /** Why it is closed; null if it is open. */
  synchronized @Nullable String closed() {
    return closed;
  }

  synchronized int size() {
    return waiting.size();
  }
}
