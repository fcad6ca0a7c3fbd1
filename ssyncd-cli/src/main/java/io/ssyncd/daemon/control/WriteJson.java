package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteReport;

/** The document of {@code write -o json}, version 1: a contract with scripts. */
final class WriteJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private WriteJson() {}

  static ObjectNode of(WriteReport report) {
    ObjectNode node = JSON.objectNode();
    node.put("version", 1);
    node.put("result", report.result().word());
    node.put("dryRun", report.dryRun());
    node.put("lastKnown", report.lastKnown());
    node.put("stateAgeMs", report.stateAgeMs());
    node.put("node", report.node());
    node.put("index", report.index());
    node.put("term", report.term());
    node.put("epoch", report.epoch());
    node.put("durationMs", report.durationMs());
    ArrayNode scopes = node.putArray("scopes");
    report.scopes().forEach(scope -> scopes.add(scope(scope)));
    ArrayNode errors = node.putArray("errors");
    report.errors().forEach(errors::add);
    ArrayNode notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    return node;
  }

  /** What {@code write} exits with. */
  static int exit(WriteReport report) {
    return switch (report.result()) {
      case OK -> Exit.OK;
      case PARTIAL, REFUSED -> Exit.REFUSED;
      case NOT_WHILE_INGESTING, UNAVAILABLE -> Exit.TRY_AGAIN;
    };
  }

  static ObjectNode scope(ScopeReport report) {
    ObjectNode node = JSON.objectNode();
    node.put("kind", report.scope().kind().word());
    node.put("scope", report.scope().name());
    node.put("applied", report.applied());
    node.put("unchanged", report.unchanged());
    node.put("removed", report.removed());
    node.put("refused", report.refused());
    node.put("mismatched", report.mismatched());
    node.put("extra", report.extra());
    node.put("expired", report.expired());
    ObjectNode reasons = node.putObject("reasons");
    report.reasons().forEach((reason, count) -> reasons.put(reason.word(), count));
    ArrayNode examples = node.putArray("examples");
    report.examples().forEach(examples::add);
    ArrayNode planned = node.putArray("planned");
    report.planned().forEach(planned::add);
    ArrayNode notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    return node;
  }
}
