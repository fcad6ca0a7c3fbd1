package io.ssyncd.daemon.pair;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Reply;
import io.ssyncd.daemon.control.Requests;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Supplier;

/** Answers on the control socket while this node has no place in its master's cluster yet. */
final class Waiting implements Requests {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String name;
  private final Supplier<String> why;
  private final Runnable quit;
  private final Instant since = Instant.now();

  /**
   * @param why what is waited for
   * @param quit ends the waiting
   */
  Waiting(String name, Supplier<String> why, Runnable quit) {
    this.name = name;
    this.why = why;
    this.quit = quit;
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    switch (request.path("verb").asText()) {
      case "ping" -> reply.result(Exit.OK, pid().put("waiting", why.get()));
      case "mode" -> reply.result(Exit.OK, JSON.objectNode().put("mode", "backup"));
      case "status" -> reply.result(Exit.NO_QUORUM, status());
      case "quit" -> {
        try {
          reply.result(Exit.OK, pid());
        } finally {
          quit.run();
        }
      }
      default -> reply.error(Exit.TRY_AGAIN, why.get());
    }
  }

  private static ObjectNode pid() {
    return JSON.objectNode().put("pid", ProcessHandle.current().pid());
  }

  /** The contract's document of a node that knows nothing. */
  private ObjectNode status() {
    ObjectNode node = JSON.objectNode().put("version", 1).put("node", name);
    node.put("role", "candidate").put("state", "FOLLOWER").put("stateSince", since.toString());
    node.putNull("leader").putNull("cluster");
    node.put("term", 0).put("epoch", 0).put("quorum", false).put("inSync", false);
    node.put("commitIndex", 0).put("appliedIndex", 0).putNull("digest");
    node.putArray("members");
    node.putObject("sessions").putObject("http");
    node.putArray("sinks");
    node.putArray("sources");
    node.putArray("queues");
    node.putArray("warnings").addObject().put("code", "not-a-member").put("text", why.get());
    return node;
  }
}
