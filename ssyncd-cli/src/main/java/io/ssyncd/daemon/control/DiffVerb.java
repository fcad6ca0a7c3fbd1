package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.diff.TableDiff;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code diff}: the document of {@code diff -o json}, version 1, is a contract with
 * scripts. Keys that are secrets are left out.
 */
final class DiffVerb implements Verb {
  private static final int MOST = 100;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  DiffVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    TableDiff diff =
        node.diff(
            request.path("first").asText(),
            request.path("second").asText(),
            request.path("limit").asInt(MOST));
    reply.result(diff.equal() ? Exit.OK : Exit.REFUSED, of(diff));
  }

  private ObjectNode of(TableDiff diff) {
    ObjectNode document = JSON.objectNode();
    document.put("version", 1);
    document.put("result", diff.equal() ? "equal" : "differs");
    document.putArray("members").add(diff.first()).add(diff.second());
    document.put("index", diff.index());
    ArrayNode scopes = document.putArray("scopes");
    for (TableDiff.ScopeDiff scope : diff.scopes()) {
      scopes
          .addObject()
          .put("kind", scope.scope().kind().word())
          .put("scope", scope.scope().name())
          .put("result", scope.equal() ? "equal" : "differs")
          .putArray("records")
          .add(scope.first())
          .add(scope.second());
    }
    ArrayNode records = document.putArray("records");
    for (TableDiff.RecordDiff record : diff.records()) {
      ObjectNode item = records.addObject();
      item.set("first", record(record.first()));
      item.set("second", record(record.second()));
    }
    document.put("more", diff.more());
    ArrayNode rest = document.putArray("rest");
    diff.rest().forEach(rest::add);
    return document;
  }

  private @Nullable ObjectNode record(@Nullable SessionRecord record) {
    return record == null ? null : Masked.on(node).of(record);
  }
}
