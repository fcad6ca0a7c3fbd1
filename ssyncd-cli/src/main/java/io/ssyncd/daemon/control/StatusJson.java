package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.NodeStatus.FeedStatus;
import io.ssyncd.node.NodeStatus.MemberStatus;
import io.ssyncd.node.Warning;
import io.ssyncd.session.Kind;

/** The document of {@code status -o json}, version 1: a contract with scripts. */
final class StatusJson {
  /** Beyond these a member counts as behind. */
  static final long MAX_LAG_ENTRIES = 1_000;

  static final long MAX_LAG_MS = 5_000;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private StatusJson() {}

  static ObjectNode of(NodeStatus status) {
    ObjectNode node = JSON.objectNode();
    node.put("version", 1);
    node.put("node", status.node());
    node.put("role", status.role());
    node.put("state", status.state().name());
    node.put("stateSince", status.stateSince().toString());
    node.put("leader", status.leader());
    node.put("term", status.term());
    node.put("epoch", status.epoch());
    node.put("quorum", status.quorum());
    node.put("inSync", status.inSync());
    node.put("commitIndex", status.commitIndex());
    node.put("appliedIndex", status.appliedIndex());
    node.put("digest", status.digest());
    ArrayNode members = node.putArray("members");
    status.members().forEach(member -> members.add(member(member)));
    node.set("keepalived", address(status.address()));
    ObjectNode sessions = node.putObject("sessions");
    for (Kind kind : Kind.values()) {
      sessions.putObject(kind.word());
    }
    status
        .sessions()
        .forEach(
            (scope, count) -> sessions.withObject(scope.kind().word()).put(scope.name(), count));
    ArrayNode sinks = node.putArray("sinks");
    ArrayNode sources = node.putArray("sources");
    for (FeedStatus feed : status.feeds()) {
      sinks.add(sink(feed));
      sources.add(source(feed));
    }
    ArrayNode queues = node.putArray("queues");
    for (NodeStatus.QueueStatus queue : status.queues()) {
      queues
          .addObject()
          .put("name", queue.name())
          .put("depth", queue.depth())
          .put("bound", queue.bound())
          .put("overflows", queue.overflows());
    }
    ArrayNode warnings = node.putArray("warnings");
    for (Warning warning : status.warnings()) {
      warnings.addObject().put("code", warning.code()).put("text", warning.text());
    }
    return node;
  }

  /** What {@code status} and {@code health} exit with. */
  static int exit(NodeStatus status) {
    if (!status.quorum()) {
      return Exit.NO_QUORUM;
    }
    boolean warned = status.warnings().stream().anyMatch(w -> !w.code().equals("two-nodes"));
    boolean apart = status.members().stream().anyMatch(StatusJson::isApart);
    return warned || apart ? Exit.DEGRADED : Exit.OK;
  }

  private static boolean isApart(MemberStatus member) {
    Long entries = member.lagEntries();
    Long ms = member.lagMs();
    return !member.reachable()
        || (entries != null && entries > MAX_LAG_ENTRIES)
        || (ms != null && ms > MAX_LAG_MS);
  }

  /** The document of {@code members -o json}: the members of the status alone. */
  static ObjectNode members(NodeStatus status) {
    ObjectNode node = JSON.objectNode();
    node.put("version", 1);
    ArrayNode members = node.putArray("members");
    status.members().forEach(member -> members.add(member(member)));
    return node;
  }

  static ObjectNode member(MemberStatus member) {
    ObjectNode node = JSON.objectNode();
    node.put("name", member.name());
    node.put("address", member.address());
    node.put("witness", member.witness());
    node.put("voter", member.voter());
    node.put("role", member.role());
    node.put("reachable", member.reachable());
    node.put("appliedIndex", member.appliedIndex());
    node.put("lagEntries", member.lagEntries());
    node.put("lagMs", member.lagMs());
    node.put("clockOffsetMs", member.clockOffsetMs());
    node.put("clockErrorMs", member.clockErrorMs());
    node.put("state", member.state() == null ? null : member.state().name());
    return node;
  }

  private static ObjectNode address(NodeStatus.AddressStatus address) {
    ObjectNode node = JSON.objectNode();
    node.put("track", address.track());
    node.put("trackWhy", address.trackWhy());
    node.put("vip", address.vip());
    node.put("moves", address.moves());
    ObjectNode instances = node.putObject("instances");
    address.instances().forEach(instances::put);
    return node;
  }

  private static ObjectNode sink(FeedStatus feed) {
    ObjectNode node = JSON.objectNode();
    node.put("kind", feed.feed().kind().word());
    node.put("scope", feed.feed().name());
    NodeStatus.SinkStatus sink = feed.sink();
    node.put("state", sink.state());
    node.put("stateSince", sink.since().toString());
    node.put("lastWrite", sink.lastWrite() == null ? null : sink.lastWrite().toString());
    node.put("lastError", sink.lastError());
    node.put("writes", sink.writes());
    node.put("failures", sink.failures());
    ArrayNode reports = node.putArray("lastReport");
    sink.lastReports().forEach(report -> reports.add(WriteJson.scope(report)));
    return node;
  }

  private static ObjectNode source(FeedStatus feed) {
    ObjectNode node = JSON.objectNode();
    node.put("kind", feed.feed().kind().word());
    node.put("scope", feed.feed().name());
    node.put("started", feed.started());
    node.put("ingesting", feed.ingesting());
    node.put("connected", feed.connected());
    node.put("events", feed.events());
    node.put("malformed", feed.malformed());
    node.put("notAdopted", feed.notAdopted());
    ObjectNode figures = node.putObject("figures");
    feed.figures().forEach(figure -> figures.put(figure.name(), figure.value()));
    return node;
  }
}
