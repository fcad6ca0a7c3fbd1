package io.ssyncd.sink.pound;

import io.ssyncd.node.ScopeReport;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.Dump;
import io.ssyncd.source.pound.Mirror;
import io.ssyncd.table.TableView;
import java.util.List;

/**
 * Says of some sessions what a write would do with them.
 *
 * @param table what the cluster holds
 * @param mirror what Pound holds, as of {@code before}
 */
record DryRun(TableView table, Mirror mirror, Dump before) {

  /** Names sessions that would be written, and, if there are any, some that would stay. */
  void describe(WritePlan plan, boolean extra, ScopeReport.Tally tally) {
    for (HttpSession session : plan.wanted()) {
      tally.planned("write", () -> WritePlan.where(session) + ": " + there(session));
    }
    List<HttpSession> held = extra ? mirror.sessions() : List.of();
    held.stream()
        .filter(session -> mirror.get(session.key(), before) != null)
        .filter(session -> table.get(session.key()) == null)
        .limit(ScopeReport.MAX_EXAMPLES)
        .forEach(
            session ->
                tally.planned(
                    "leave", () -> WritePlan.where(session) + ": the cluster does not know it"));
  }

  private String there(HttpSession wanted) {
    HttpSession there = mirror.get(wanted.key(), before);
    if (there == null) {
      return "it is not there";
    }
    long older = (wanted.lastAccessMs() - there.lastAccessMs()) / 1000;
    return "there at backend "
        + there.backend()
        + " at "
        + there.address().latin1()
        + (older > 0 ? ", used " + older + " s earlier" : "");
  }
}
