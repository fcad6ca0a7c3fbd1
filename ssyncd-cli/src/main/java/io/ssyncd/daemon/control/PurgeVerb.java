package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.PurgeReport;
import io.ssyncd.node.SyncNode;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * {@code purge}: {@code key} or {@code address} says whose records, {@code olderThanSeconds} which
 * of them, {@code kind} and {@code scope} where; {@code dryRun} counts them. Whom it was about is
 * not logged.
 */
final class PurgeVerb implements Verb {
  private static final long MOST_SECONDS = 100L * 365 * 24 * 3600;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  PurgeVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    boolean dryRun = request.path("dryRun").asBoolean();
    PurgeReport report = node.purge(which(request, System.currentTimeMillis()), dryRun);
    reply.result(report.complete() ? Exit.OK : Exit.TRY_AGAIN, of(report, dryRun));
  }

  /** Which records a request is about. */
  static Predicate<SessionRecord> which(ObjectNode request, long nowMs) {
    List<Predicate<SessionRecord>> all = new ArrayList<>();
    if (request.hasNonNull("key")) {
      Needle key = Needle.of(request.path("key").asText());
      all.add(record -> record.key() instanceof HttpKey && key.matches(record.key()));
    }
    if (request.hasNonNull("address")) {
      Needle address = Needle.of(request.path("address").asText());
      all.add(record -> address.matches(record.key()));
    }
    if (request.hasNonNull("olderThanSeconds")) {
      long seconds = request.path("olderThanSeconds").asLong(-1);
      if (seconds < 0 || seconds > MOST_SECONDS) {
        throw new IllegalArgumentException("older than 0 s to 100 years");
      }
      long since = nowMs - seconds * 1000;
      all.add(record -> lastMs(record) < since);
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          "purge what? a key, an address, or what is older than a time; clear drops everything");
    }
    if (request.hasNonNull("kind")) {
      var kind = Asked.kind(request);
      all.add(record -> record.key().scope().kind() == kind);
    }
    if (request.hasNonNull("scope")) {
      String scope = request.path("scope").asText();
      all.add(record -> record.key().scope().name().equals(scope));
    }
    return record -> all.stream().allMatch(each -> each.test(record));
  }

  private static long lastMs(SessionRecord record) {
    return record instanceof HttpSession http
        ? http.lastAccessMs()
        : ((RecentEntry) record).lastSeenMs();
  }

  private static ObjectNode of(PurgeReport report, boolean dryRun) {
    ObjectNode document = JSON.objectNode().put("version", 1);
    document.put("result", dryRun ? "dry-run" : report.complete() ? "done" : "incomplete");
    ArrayNode scopes = document.putArray("scopes");
    for (Map.Entry<Scope, Integer> each : report.purged().entrySet()) {
      scopes
          .addObject()
          .put("kind", each.getKey().kind().word())
          .put("scope", each.getKey().name())
          .put("records", each.getValue());
    }
    document.put("index", report.index());
    ObjectNode members = document.putObject("members");
    report.done().forEach(members.putArray("done")::add);
    report.open().forEach(members.putArray("open")::add);
    report.away().forEach(members.putArray("away")::add);
    return document;
  }
}
