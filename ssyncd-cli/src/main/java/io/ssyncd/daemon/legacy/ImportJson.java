package io.ssyncd.daemon.legacy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.source.pair.DumpEnd;
import io.ssyncd.source.pair.ImportReport;
import java.util.Locale;

/** How an import stands, as a document. */
final class ImportJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ImportJson() {}

  /** Refused records are for the operator to know of; those of a full table as well. */
  static int exit(ImportReport report) {
    boolean refused =
        report.tableFull() > 0
            || report.counts().values().stream().anyMatch(counts -> !counts.refused().isEmpty());
    return refused ? Exit.REFUSED : Exit.OK;
  }

  static ObjectNode of(ImportReport report) {
    ObjectNode document = JSON.objectNode().put("version", 1);
    document.put("master", report.master());
    document.put("connected", report.connected());
    document.put("connections", report.connections());
    document.put("lastError", report.lastError().isEmpty() ? null : report.lastError());
    document.put("seconds", report.seconds());
    document.put("complete", report.dumpEnded() != DumpEnd.How.NOT_YET);
    document.put(
        "completeBy", report.dumpEnded().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    report.counts().forEach((kind, counts) -> document.set(kind.word(), of(counts)));
    document.put("clearsIgnored", report.clears());
    document.put("absent", report.absent());
    document.put("tableFull", report.tableFull());
    ObjectNode time = document.putObject("time");
    time.put("jiffiesPerSecond", report.time().jiffiesPerSecond());
    report
        .time()
        .measured()
        .ifPresentOrElse(hz -> time.put("measured", hz), () -> time.putNull("measured"));
    time.put("agesWithin2s", report.time().anchored());
    report
        .time()
        .sessionLagMs()
        .ifPresentOrElse(lag -> time.put("sessionLagMs", lag), () -> time.putNull("sessionLagMs"));
    var scopes = document.putArray("scopes");
    report
        .scopes()
        .forEach(
            (scope, count) ->
                scopes
                    .addObject()
                    .put("kind", scope.kind().word())
                    .put("scope", scope.name())
                    .put("count", count));
    var notes = document.putArray("notes");
    report.notes().forEach(notes::add);
    return document;
  }

  private static ObjectNode of(ImportReport.Counts counts) {
    ObjectNode node = JSON.objectNode();
    node.put("frames", counts.frames());
    node.put("added", counts.added());
    node.put("updated", counts.updated());
    node.put("unchanged", counts.unchanged());
    node.put("thinned", counts.thinned());
    node.put("older", counts.older());
    node.put("expired", counts.expired());
    node.put("removed", counts.removed());
    node.put("held", counts.held());
    node.put("kept", counts.kept());
    ObjectNode refused = node.putObject("refused");
    counts.refused().forEach(refused::put);
    return node;
  }
}
