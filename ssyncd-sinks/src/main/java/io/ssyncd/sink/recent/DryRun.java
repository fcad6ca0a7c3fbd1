package io.ssyncd.sink.recent;

import io.ssyncd.node.ScopeReport;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.RecentRow;
import org.jspecify.annotations.Nullable;

/** Says of some entries and rows of a table what a write would do with them. */
final class DryRun {
  private DryRun() {}

  /**
   * Names what a plan would do.
   *
   * @param moment translates stamps; null where they cannot be
   */
  static void describe(WritePlan plan, @Nullable JiffiesMoment moment, ScopeReport.Tally tally) {
    for (PlannedEntry planned : plan.writes()) {
      tally.planned("write", () -> planned.address() + ": " + there(planned, moment));
    }
    plan.stale()
        .forEach(
            address ->
                tally.planned(
                    "remove",
                    () -> address + ": this node wrote it, and it does not belong here any more"));
    plan.victims()
        .forEach(
            address -> tally.planned("remove", () -> address + ": to make room for newer ones"));
    plan.extras()
        .forEach(
            address -> tally.planned("leave", () -> address + ": the cluster does not know it"));
  }

  private static String there(PlannedEntry planned, @Nullable JiffiesMoment moment) {
    RecentRow row = planned.before();
    if (row == null) {
      return "it is not there";
    }
    return moment == null
        ? "its row is older"
        : "its row is older by "
            + (planned.entry().lastSeenMs() - moment.toWallMs(row.lastSeen()))
            + " ms";
  }
}
