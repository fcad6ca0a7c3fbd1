package io.ssyncd.source.pair;

import io.ssyncd.session.Kind;
import java.util.ArrayList;
import java.util.List;

/** What an operator has to know of an import beside its numbers. */
final class ImportNotes {
  /** News come within 2 s; more is a clock. */
  private static final long CLOCK_MS = 5_000;

  private ImportNotes() {}

  static List<String> of(ImportReport report) {
    List<String> notes = new ArrayList<>();
    ImportReport.Time time = report.time();
    ImportReport.Counts recent = report.counts().get(Kind.RECENT);
    if (recent != null && recent.added() > 0) {
      notes.add(
          "ages of recent entries are taken at "
              + time.jiffiesPerSecond()
              + " jiffies a second (--hz) and "
              + (time.anchored()
                  ? "are up to 2 s too small"
                  : "are too small by the age of the old master's newest entry:"
                      + " no client came while we listened"));
    }
    time.measured()
        .ifPresent(
            hz -> {
              if (hz != time.jiffiesPerSecond()) {
                notes.add(
                    "the old master's jiffies run at "
                        + hz
                        + " a second, so all ages are wrong: import again with --hz "
                        + hz);
              }
            });
    time.sessionLagMs()
        .ifPresent(
            lag -> {
              if (lag > CLOCK_MS || lag < -1000) {
                notes.add(
                    "the old master's clock is "
                        + Math.abs(lag) / 1000
                        + " s "
                        + (lag < 0 ? "ahead of" : "behind")
                        + " this host's: sessions look "
                        + (lag < 0 ? "younger" : "older")
                        + " by that; set the clocks");
              }
            });
    if (report.dumpEnded() == DumpEnd.How.NOT_YET) {
      notes.add("the old master is not known to have told of all that it holds");
    }
    if (report.absent() > 0) {
      notes.add(
          report.absent()
              + " records were not named any more after the connection came back; they stay until"
              + " their own time is over");
    }
    if (report.tableFull() > 0) {
      notes.add(
          report.tableFull()
              + " records were not kept: http.max-sessions or recent.max-entries is reached");
    }
    return notes;
  }
}
