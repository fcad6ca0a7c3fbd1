package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** {@code quit}: ends the daemon; says which process it is, so that its end can be waited for. */
final class QuitVerb implements Verb {
  private final Runnable quit;

  /**
   * @param quit ends the daemon; returns at once
   */
  QuitVerb(Runnable quit) {
    this.quit = quit;
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    try {
      reply.result(Exit.OK, PingVerb.pid());
    } finally {
      quit.run(); // also if the client did not wait for the answer
    }
  }
}
