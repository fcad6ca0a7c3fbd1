package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ssyncd.node.LeaderChange;
import java.util.List;

/**
 * The part {@code failovers} of {@code status -o json} and {@code top -o json}: the last changes of
 * leader that this node saw, the newest first.
 */
final class FailoversJson {
  private FailoversJson() {}

  static ArrayNode of(List<LeaderChange> changes) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (LeaderChange change : changes) {
      all.addObject()
          .put("at", change.at().toString())
          .put("term", change.term())
          .put("from", change.from())
          .put("to", change.to())
          .put("leaderlessMs", change.leaderlessMs())
          .put("verifiedMs", change.verifiedMs())
          .put("ingestingMs", change.ingestingMs());
    }
    return all;
  }
}
