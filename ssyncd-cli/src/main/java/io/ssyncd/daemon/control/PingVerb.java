package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** {@code ping}: which process answers. */
final class PingVerb implements Verb {
  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    reply.result(Exit.OK, pid());
  }

  static ObjectNode pid() {
    return JsonNodeFactory.instance.objectNode().put("pid", ProcessHandle.current().pid());
  }
}
