package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How many sessions each backend has. Counted at most once a second, whoever asks how often: two
 * million sessions take a good part of one. Thread-safe.
 */
final class BackendCounts {
  /** Rows that are told; the largest. */
  static final int MAX_ROWS = 1_000;

  private static final Duration LEAST_AGE = Duration.ofSeconds(1);

  private final Supplier<TableView> table;
  private long countedNanos;
  private long countedIndex = -1;
  private Counts counts = new Counts(List.of(), 0);

  BackendCounts(Supplier<TableView> table) {
    this.table = table;
  }

  /**
   * What was counted.
   *
   * @param rows by sessions, most first
   * @param more how many rows there are beside these
   */
  record Counts(List<Row> rows, long more) {}

  /** A backend: a place in its service, with an address. */
  private record Place(String farm, long listener, long service, long backend, Bytes address) {}

  /** A backend and its sessions. */
  record Row(
      String farm, long listener, long service, long backend, String address, long sessions) {
    ObjectNode json() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("kind", Kind.HTTP.word())
          .put("scope", farm)
          .put("listener", listener)
          .put("service", service)
          .put("backend", backend)
          .put("address", address)
          .put("sessions", sessions);
    }
  }

  synchronized Counts now() {
    long nanos = System.nanoTime();
    long index = table.get().appliedIndex();
    boolean old = countedIndex < 0 || nanos - countedNanos >= LEAST_AGE.toNanos();
    if (old && index != countedIndex) {
      counts = count(table.get());
      countedIndex = index;
      countedNanos = System.nanoTime();
    }
    return counts;
  }

  private static Counts count(TableView table) {
    Map<Place, long[]> byPlace = new HashMap<>();
    for (Scope scope : table.counts().keySet()) {
      if (scope.kind() == Kind.HTTP) {
        for (SessionRecord record : table.records(scope)) {
          if (record instanceof HttpSession session) {
            Place place =
                new Place(
                    scope.name(),
                    session.key().listener(),
                    session.key().service(),
                    session.backend(),
                    session.address());
            byPlace.computeIfAbsent(place, unused -> new long[1])[0]++;
          }
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    byPlace.forEach(
        (place, sessions) ->
            rows.add(
                new Row(
                    place.farm(),
                    place.listener(),
                    place.service(),
                    place.backend(),
                    place.address().latin1(),
                    sessions[0])));
    rows.sort(
        Comparator.comparing(Row::sessions)
            .reversed()
            .thenComparing(Row::farm)
            .thenComparing(Row::listener)
            .thenComparing(Row::service)
            .thenComparing(Row::backend)
            .thenComparing(Row::address));
    int shown = Math.min(MAX_ROWS, rows.size());
    return new Counts(List.copyOf(rows.subList(0, shown)), rows.size() - shown);
  }
}
