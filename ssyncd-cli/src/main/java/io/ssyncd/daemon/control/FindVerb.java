package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.history.Histories;
import io.ssyncd.node.history.LogHistory;
import io.ssyncd.node.history.RecordChange;
import io.ssyncd.node.history.RecordHistory;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code find} and {@code history}: where a client is stuck, and which entries of the log put it
 * there. Their documents, version 1, are contracts with scripts.
 */
final class FindVerb {
  private static final int CHANGES = 50;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  FindVerb(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of("find", this::find, "history", this::history);
  }

  private void find(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    List<SessionRecord> found = new ArrayList<>(node.find(who(request), Histories.MAX_RECORDS));
    found.sort(SessionOrder.ACROSS_SCOPES);
    Map<SessionKey, RecordHistory> told = new HashMap<>();
    ObjectNode document = JSON.objectNode().put("version", 1);
    ArrayNode matches = document.putArray("matches");
    document.put("more", found.size() == Histories.MAX_RECORDS);
    ObjectNode log = document.putObject("log");
    if (found.isEmpty()) {
      log.putNull("from").putNull("to");
    } else {
      Set<SessionKey> keys = new HashSet<>();
      found.forEach(record -> keys.add(record.key()));
      LogHistory history = node.history(keys::contains, 1);
      log.put("from", history.from()).put("to", history.to());
      history.records().forEach(record -> told.put(record.key(), record));
    }
    for (SessionRecord record : found) {
      ObjectNode match = Masked.on(node).of(record);
      RecordHistory history = told.get(record.key());
      RecordChange origin = history == null ? null : history.origin();
      put(match.putObject("since"), origin)
          .put("certain", origin == null || history == null || history.certain());
      RecordChange latest =
          history == null || history.changes().isEmpty()
              ? null
              : history.changes().get(history.changes().size() - 1);
      put(match.putObject("latest"), latest);
      matches.add(match);
    }
    reply.result(found.isEmpty() ? Exit.NOT_FOUND : Exit.OK, document);
  }

  /** Null where the log does not tell: it was so before the log begins. */
  private static ObjectNode put(ObjectNode to, @Nullable RecordChange change) {
    return change == null
        ? to.putNull("index").putNull("at")
        : to.put("index", change.index()).put("at", time(change.atMs()));
  }

  private void history(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    int limit = request.path("limit").asInt(CHANGES);
    if (limit < 1 || limit > Histories.MAX_CHANGES) {
      throw new IllegalArgumentException("a limit is 1 to " + Histories.MAX_CHANGES);
    }
    LogHistory history = node.history(who(request), limit);
    ObjectNode document = JSON.objectNode().put("version", 1);
    document.putObject("log").put("from", history.from()).put("to", history.to());
    ArrayNode records = document.putArray("records");
    for (RecordHistory record : history.records()) {
      ObjectNode item = Masked.on(node).key(record.key());
      item.put("held", node.table().get(record.key()) != null);
      item.put("older", record.older());
      ArrayNode changes = item.putArray("changes");
      for (RecordChange change : record.changes()) {
        ObjectNode at =
            changes
                .addObject()
                .put("index", change.index())
                .put("at", time(change.atMs()))
                .put("op", change.what().name().toLowerCase(Locale.ROOT));
        SessionRecord after = change.record();
        if (after != null) {
          at.setAll(SessionJson.values(after));
        }
      }
      records.add(item);
    }
    document.put("more", history.more());
    reply.result(history.records().isEmpty() ? Exit.NOT_FOUND : Exit.OK, document);
  }

  private static Predicate<SessionKey> who(ObjectNode request) {
    ChangeFilter filter = ChangeFilter.of(request);
    if (filter.who().isEmpty()) {
      throw new IllegalArgumentException("find whom? a key or an address");
    }
    return key -> filter.wants("put", key);
  }

  private static String time(long ms) {
    return Instant.ofEpochMilli(ms).toString();
  }
}
