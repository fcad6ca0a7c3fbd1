package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.SyncNode;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code show} and {@code count}: what the cluster holds, as far as this node has applied it. */
final class TableVerbs {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  TableVerbs(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of("show", this::show, "count", this::count);
  }

  private void show(ObjectNode request, Reply reply) throws IOException, NotPermittedException {
    Masked masked = Masked.on(node, request, reply);
    Kind kind = Asked.kind(request);
    Scope only = Asked.scope(request);
    for (Scope scope : node.table().counts().keySet()) {
      if (scope.kind() == kind && (only == null || only.equals(scope))) {
        List<SessionRecord> sessions = new ArrayList<>(node.table().records(scope));
        sessions.sort(SessionOrder.READABLE);
        for (SessionRecord session : sessions) {
          reply.item(masked.of(session));
        }
      }
    }
    reply.result(Exit.OK, JSON.objectNode());
  }

  private void count(ObjectNode request, Reply reply) throws IOException {
    Kind kind = Asked.kind(request);
    Scope only = Asked.scope(request);
    for (Map.Entry<Scope, Integer> each : node.table().counts().entrySet()) {
      if (each.getKey().kind() == kind && (only == null || only.equals(each.getKey()))) {
        reply.item(countOf(each.getKey(), each.getValue()));
      }
    }
    reply.result(Exit.OK, JSON.objectNode());
  }

  private ObjectNode countOf(Scope scope, int count) {
    ObjectNode item = JSON.objectNode();
    item.put("kind", scope.kind().word());
    item.put("scope", scope.name());
    item.put("count", count);
    if (scope.kind() == Kind.HTTP) {
      TreeMap<String, ObjectNode> services = new TreeMap<>();
      for (SessionRecord session : node.table().records(scope)) {
        if (session instanceof HttpSession http) {
          long listener = http.key().listener();
          long service = http.key().service();
          ObjectNode one =
              services.computeIfAbsent(
                  String.format("%010d/%010d", listener, service),
                  unused -> JSON.objectNode().put("listener", listener).put("service", service));
          one.put("count", one.path("count").asInt() + 1);
        }
      }
      item.putArray("services").addAll(services.values());
    }
    return item;
  }
}
