package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Kind;
import io.ssyncd.session.SessionKey;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which changes a client of {@code watch} wants to hear of; what it does not name it wants any of.
 *
 * @param kind http or recent
 * @param scope this farm or table
 * @param who this client: its key or its address
 * @param operations of put, delete, clear and restored
 */
record ChangeFilter(
    Optional<Kind> kind, Optional<String> scope, Optional<Needle> who, Set<String> operations) {
  private static final Set<String> OPERATIONS = Set.of("put", "delete", "clear", "restored");

  /** Every change. */
  static final ChangeFilter ALL =
      new ChangeFilter(Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

  /** What a request asks for with {@code kind}, {@code scope}, {@code who} and {@code ops}. */
  static ChangeFilter of(ObjectNode request) {
    Set<String> operations = new TreeSet<>();
    request.path("ops").forEach(word -> operations.add(operation(word.asText())));
    return new ChangeFilter(
        request.hasNonNull("kind") ? Optional.of(Asked.kind(request)) : Optional.empty(),
        request.hasNonNull("scope")
            ? Optional.of(request.path("scope").asText())
            : Optional.empty(),
        request.hasNonNull("who")
            ? Optional.of(Needle.of(request.path("who").asText()))
            : Optional.empty(),
        operations);
  }

  private static String operation(String word) {
    if (!OPERATIONS.contains(word)) {
      throw new IllegalArgumentException("put, delete, clear or restored, not " + Shown.text(word));
    }
    return word;
  }

  /** A change of one record. */
  boolean wants(String operation, SessionKey key) {
    return wantsOperation(operation)
        && wantsScope(key.scope().kind(), key.scope().name())
        && (who.isEmpty() || who.get().matches(key));
  }

  /**
   * A change of many records: a client that waits for one of them hears of it as well.
   *
   * @param name of the farm or table; null if it is all of the kind
   */
  boolean wants(String operation, Kind itsKind, @Nullable String name) {
    return wantsOperation(operation) && wantsScope(itsKind, name);
  }

  /** A change of everything. */
  boolean wants(String operation) {
    return wantsOperation(operation);
  }

  private boolean wantsOperation(String operation) {
    return operations.isEmpty() || operations.contains(operation);
  }

  private boolean wantsScope(Kind itsKind, @Nullable String name) {
    return (kind.isEmpty() || kind.get() == itsKind)
        && (scope.isEmpty() || name == null || scope.get().equals(name));
  }
}
