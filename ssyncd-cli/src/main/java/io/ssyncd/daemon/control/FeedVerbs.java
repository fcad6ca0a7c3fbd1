package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.Entry.Operation;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import java.io.IOException;
import java.util.Map;

/** {@code start} and {@code stop}: which feeds the leader ingests, whoever leads. */
final class FeedVerbs {
  private final SyncNode node;

  FeedVerbs(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of("start", this::start, "stop", this::stop);
  }

  private void start(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    Feed feed = Asked.feed(request);
    // A name that a terminal would obey is nobody's farm; one that is there can be stopped.
    if (feed.name().chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a farm name has no control characters: " + Shown.text(feed.name()));
    }
    commit(new Operation.StartFeed(feed), feed.kind(), reply);
  }

  private void stop(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    Feed feed = Asked.feed(request);
    commit(new Operation.StopFeed(feed), feed.kind(), reply);
  }

  /** Says whether no feed of that kind ran before: the old tool does so in its answer. */
  private void commit(Operation operation, Kind kind, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    // By what is applied: to open a feed, or to close one, takes longer.
    boolean first = node.wantedFeeds().stream().noneMatch(feed -> feed.kind() == kind);
    Wish.granted(node.execute(operation));
    reply.result(Exit.OK, JsonNodeFactory.instance.objectNode().put("first", first));
  }
}
