package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.SyncNode;
import java.io.IOException;
import java.util.Map;

/** {@code status}, {@code mode} and {@code members}: where this node stands. */
final class StatusVerbs {
  private final SyncNode node;

  StatusVerbs(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of(
        "status", (request, reply) -> status(reply),
        "mode", (request, reply) -> mode(reply),
        "members", (request, reply) -> members(reply));
  }

  private void status(Reply reply) throws IOException {
    NodeStatus status = node.status();
    ObjectNode document = StatusJson.of(status);
    document.put("cluster", node.cluster());
    document.set("materialise", FollowedJson.of(node.followed()));
    document.set("failovers", FailoversJson.of(node.leaderChanges()));
    reply.result(StatusJson.exit(status), document);
  }

  private void mode(Reply reply) throws IOException {
    NodeStatus status = node.status();
    // A witness that was elected hands leadership on; it is nobody's master meanwhile.
    boolean master =
        status.role().equals("leader")
            && status.members().stream()
                .noneMatch(member -> member.name().equals(status.node()) && member.witness());
    reply.result(
        Exit.OK, JsonNodeFactory.instance.objectNode().put("mode", master ? "master" : "backup"));
  }

  private void members(Reply reply) throws IOException {
    reply.result(Exit.OK, StatusJson.members(node.status()));
  }
}
