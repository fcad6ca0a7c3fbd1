package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.FollowedSinks;

/** The part {@code materialise} of {@code status -o json}: sinks kept current by a follower. */
final class FollowedJson {
  private FollowedJson() {}

  static ObjectNode of(FollowedSinks followed) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("cpuShare", Math.round(followed.cpuShare() * 1e4) / 1e4);
    node.put("cpuBound", followed.cpuBound());
    ArrayNode sinks = node.putArray("sinks");
    for (FollowedSinks.Sink sink : followed.sinks()) {
      sinks
          .addObject()
          .put("kind", sink.feed().kind().word())
          .put("scope", sink.feed().name())
          .put("lagEntries", sink.lagEntries())
          .put("writes", sink.writes())
          .put("records", sink.records())
          .put("paused", sink.paused());
    }
    return node;
  }
}
