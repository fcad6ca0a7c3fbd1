package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;

/** Answers the requests of one name. Called by many threads at once. */
@FunctionalInterface
public interface Verb {
  /**
   * Answers one request: ends the reply exactly once, or throws what {@link Verbs} ends it with.
   *
   * @throws IOException if the client is gone
   * @throws IllegalArgumentException if the request is not understood: {@link Exit#USAGE}
   * @throws UnknownFarmException if it names a farm that nobody knows: {@link Exit#REFUSED}
   * @throws LogUnavailableException if the cluster does not answer: {@link Exit#TRY_AGAIN}
   * @throws NotPermittedException if who asks may not: {@link Exit#NO_PERMISSION}
   */
  void answer(ObjectNode request, Reply reply)
      throws IOException,
          InterruptedException,
          UnknownFarmException,
          LogUnavailableException,
          NotPermittedException;
}
