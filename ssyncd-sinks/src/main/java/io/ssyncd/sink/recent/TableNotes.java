package io.ssyncd.sink.recent;

import io.ssyncd.node.ScopeReport;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.TablePolicy;
import io.ssyncd.source.recent.XtRecentModule;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Says in a table's report what the kernel cannot keep. */
final class TableNotes {
  private final XtRecentModule module;
  private final String table;
  private final ScopeReport.Tally tally;

  TableNotes(XtRecentModule module, String table, ScopeReport.Tally tally) {
    this.module = module;
    this.table = table;
    this.tally = tally;
  }

  void noClock(IOException why) {
    tally.note("only missing entries are written, and only as seen now: " + why.getMessage());
  }

  /** Compares the entries with the module's limits; the text if they do not fit. */
  Optional<String> limits(List<RecentEntry> entries) {
    OptionalInt stamps = module.stampsPerEntry();
    int room = module.room();
    if (stamps.isPresent()) {
      int ring = Math.max(1, Integer.highestOneBit(stamps.getAsInt() * 2 - 1));
      long longer = entries.stream().filter(entry -> entry.stamps() > ring).count();
      if (longer > 0) {
        tally.note(longer + " entries have more hits than ip_pkt_list_tot = " + stamps.getAsInt());
      }
    }
    if (entries.size() <= room) {
      return Optional.empty();
    }
    String text =
        "the cluster holds "
            + entries.size()
            + " entries of table "
            + table
            + ", ip_list_tot is "
            + room
            + " here: raise it with a module parameter";
    tally.note(text);
    return Optional.of(text);
  }

  /** How many rows wait for the end of their entries' own time. */
  void waiting(long rows, TablePolicy policy) {
    if (rows > 0 && policy.persistence().isPresent()) {
      tally.note(
          rows
              + " entries that count as seen when they were written are taken out again "
              + policy.persistence().get().toSeconds()
              + " s after their client was seen");
    }
  }

  /** What a stock kernel does not keep, and by which rules entries were chosen for it. */
  void keeps(WritePlan plan, WritePlan.Circumstances in) {
    if (plan.forgotten() > 0) {
      tally.note(
          plan.forgotten()
              + " of our own rows are removed: the cluster holds their entries no more");
    }
    if (in.command() == Command.LEGACY) {
      tally.note(
          "an older restore command: of IPv6 entries presence alone is kept, of others at most "
              + LegacyWriter.MAX_STAMPS
              + " hits");
    }
    if (in.command() != Command.STOCK) {
      return;
    }
    tally.note(
        in.policy().hits() == TablePolicy.Hits.REPLAY
            ? "a stock kernel keeps no ages and no ttl: all hits count as seen now"
            : "a stock kernel keeps no ages, hits or ttl: each entry counts as seen now, once");
    if (in.policy().persistence().isEmpty() && !plan.writes().isEmpty()) {
      tally.note("no policy says how long entries count: those of any age are written");
    }
    long elsewhere = plan.stale().size() - plan.overstayed() - plan.forgotten();
    if (elsewhere > 0) {
      tally.note(elsewhere + " of our own rows are removed: a sibling saw the client later");
    }
    if (plan.overstayed() > 0) {
      tally.note(plan.overstayed() + " of our own rows are removed: their time is over");
    }
    if (plan.leftToSiblings() > 0) {
      tally.note(
          plan.leftToSiblings() + " entries are left to sibling tables that saw the client later");
    }
  }
}
