package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;

/** {@code switch}: makes this node the leader, or hands leadership on. */
final class SwitchVerb implements Verb {
  private final SyncNode node;

  SwitchVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    NodeStatus status = node.status();
    boolean leads = status.role().equals("leader");
    String to = request.path("to").asText();
    switch (to) {
      case "master" -> {
        if (!leads) {
          Wish.granted(node.transfer(status.node()));
        }
      }
      case "backup" -> {
        if (leads) {
          Wish.granted(node.transfer(null));
        }
      }
      default -> throw new IllegalArgumentException("switch to what? master or backup");
    }
    reply.result(Exit.OK, JsonNodeFactory.instance.objectNode());
  }
}
