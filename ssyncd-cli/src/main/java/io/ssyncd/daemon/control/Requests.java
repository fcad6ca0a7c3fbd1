package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Answers the requests of the control socket. Called by many threads at once. */
public interface Requests {
  /**
   * Answers one request; ends the reply exactly once.
   *
   * @throws IOException if the client is gone
   */
  void answer(ObjectNode request, Reply reply) throws IOException;
}
