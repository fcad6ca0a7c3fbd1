package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.time.Instant;

/**
 * {@code top}: the numbers that a live view is made of, as they are now. Counters count since the
 * daemon began; who asks twice has a rate.
 */
final class TopVerb implements Verb {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;
  private final BackendCounts backends;

  TopVerb(SyncNode node) {
    this.node = node;
    this.backends = new BackendCounts(node::table);
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    NodeStatus status = node.status();
    ObjectNode document = JSON.objectNode();
    document.put("version", 1);
    document.put("at", Instant.now().toString());
    document.put("node", status.node());
    document.put("role", status.role());
    document.put("state", status.state().name());
    document.put("leader", status.leader());
    document.put("term", status.term());
    document.put("epoch", status.epoch());
    document.put("quorum", status.quorum());
    document.put("inSync", status.inSync());
    document.put("commitIndex", status.commitIndex());
    document.put("appliedIndex", status.appliedIndex());
    document.put("changes", node.mutations());
    ArrayNode members = document.putArray("members");
    status.members().forEach(member -> members.add(StatusJson.member(member)));
    ArrayNode feeds = document.putArray("feeds");
    for (NodeStatus.FeedStatus feed : status.feeds()) {
      feeds
          .addObject()
          .put("kind", feed.feed().kind().word())
          .put("scope", feed.feed().name())
          .put("started", feed.started())
          .put("connected", feed.connected())
          .put("ingesting", feed.ingesting())
          .put("events", feed.events());
    }
    ArrayNode scopes = document.putArray("scopes");
    status
        .sessions()
        .forEach(
            (scope, count) ->
                scopes
                    .addObject()
                    .put("kind", scope.kind().word())
                    .put("scope", scope.name())
                    .put("records", count));
    BackendCounts.Counts counts = backends.now();
    ArrayNode rows = document.putArray("backends");
    counts.rows().forEach(row -> rows.add(row.json()));
    document.put("moreBackends", counts.more());
    document.set("failovers", FailoversJson.of(node.leaderChanges()));
    ArrayNode warnings = document.putArray("warnings");
    for (Warning warning : status.warnings()) {
      warnings.addObject().put("code", warning.code()).put("text", warning.text());
    }
    reply.result(StatusJson.exit(status), document);
  }
}
