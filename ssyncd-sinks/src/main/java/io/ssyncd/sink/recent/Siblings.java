package io.ssyncd.sink.recent;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables of one farm's backends, {@code _FARM_0xMARK_sessions}: each sends the clients that it
 * holds to its own backend. A client that moved is in several of them, and only the ages say which
 * counts; where ages cannot be written, the one that saw it last is the one to write.
 */
final class Siblings {
  private static final String MARK = "_0x";

  private final Map<Client, RecentEntry> latest = new HashMap<>();

  private record Client(String farm, Bytes address) {}

  /** Of all tables that the cluster holds. */
  static Siblings of(TableView table) {
    Map<String, List<Scope>> farms = new HashMap<>();
    for (Scope scope : table.counts().keySet()) {
      if (scope.kind() == Kind.RECENT) {
        farm(scope.name())
            .ifPresent(farm -> farms.computeIfAbsent(farm, f -> new ArrayList<>()).add(scope));
      }
    }
    Siblings siblings = new Siblings();
    farms.forEach(
        (farm, scopes) -> {
          if (scopes.size() > 1) {
            scopes.forEach(scope -> table.records(scope).forEach(r -> siblings.add(farm, r)));
          }
        });
    return siblings;
  }

  private void add(String farm, SessionRecord session) {
    if (session instanceof RecentEntry entry) {
      latest.merge(
          new Client(farm, entry.key().address()),
          entry,
          (a, b) -> b.lastSeenMs() > a.lastSeenMs() ? b : a);
    }
  }

  /** Whether a sibling table saw the client of this entry later. */
  boolean sawLater(RecentEntry entry) {
    if (latest.isEmpty()) {
      return false;
    }
    RecentEntry last =
        farm(entry.key().table())
            .map(farm -> latest.get(new Client(farm, entry.key().address())))
            .orElse(null);
    return last != null
        && !last.key().equals(entry.key())
        && last.lastSeenMs() >= entry.lastSeenMs();
  }

  /** What the names of sibling tables share: all but the mark. */
  static Optional<String> farm(String table) {
    int mark = table.startsWith("_") ? table.lastIndexOf(MARK) : -1;
    if (mark < 1) {
      return Optional.empty();
    }
    int end = mark + MARK.length();
    while (end < table.length() && Character.digit(table.charAt(end), 16) >= 0) {
      end++;
    }
    return end == mark + MARK.length()
        ? Optional.empty()
        : Optional.of(table.substring(0, mark) + MARK + table.substring(end));
  }
}
