package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;
import java.time.Duration;

/**
 * Keeps a question until this node has heard of a leader: scripts start the daemon and ask it at
 * once what it is. Nobody waits later than 10 s after the start: then there is no leader, and the
 * answer says that.
 */
final class AwaitLeader implements Verb {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);

  private final SyncNode node;
  private final Verb verb;
  private final long until = System.nanoTime() + MOST.toNanos();
  private volatile boolean known;

  AwaitLeader(SyncNode node, Verb verb) {
    this.node = node;
    this.verb = verb;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException,
          InterruptedException,
          UnknownFarmException,
          LogUnavailableException,
          NotPermittedException {
    while (!known && System.nanoTime() - until < 0) {
      if (node.status().leader() == null) {
        Thread.sleep(POLL.toMillis());
      } else {
        known = true;
      }
    }
    verb.answer(request, reply);
  }
}
