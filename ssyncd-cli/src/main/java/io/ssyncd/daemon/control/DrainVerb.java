package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.NodeStatus.MemberStatus;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code drain}: hands leadership on, waits until another member serves, then ends the daemon. Each
 * step is an item. Nothing is ended when nobody can take over, or does not in time, or when the
 * rest would be without a majority; unless it is forced.
 */
final class DrainVerb implements Verb {
  private static final Logger log = LoggerFactory.getLogger(DrainVerb.class);
  private static final int SECONDS = 60;
  private static final int MAX_SECONDS = 3600;
  private static final Duration SAY_AGAIN = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;
  private final Runnable quit;

  /**
   * @param quit ends the daemon; returns at once
   */
  DrainVerb(SyncNode node, Runnable quit) {
    this.node = node;
    this.quit = quit;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    boolean force = request.path("force").asBoolean();
    int seconds = request.path("timeoutSeconds").asInt(SECONDS);
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException("a timeout is 1 to " + MAX_SECONDS + " s");
    }
    Optional<String> obstacle = obstacle(node.status());
    if (obstacle.isPresent() && !force) {
      throw new LogUnavailableException(obstacle.get());
    }
    String successor = null;
    if (obstacle.isEmpty()) {
      try {
        successor = handOver(reply, seconds);
      } catch (LogUnavailableException e) {
        if (!force) {
          throw e;
        }
        obstacle = Optional.ofNullable(e.getMessage());
      }
    }
    obstacle.ifPresent(why -> log.warn("drained by force: {}", why));
    log.info("drained: {} serves", successor == null ? "nobody" : successor);
    try {
      reply.result(
          Exit.OK,
          JSON.objectNode()
              .put("version", 1)
              .put("successor", successor)
              .put("forced", obstacle.orElse(null)));
    } finally {
      quit.run(); // also if the client did not wait for the answer
    }
  }

  /** Why this node had better stay; empty if nothing speaks against its end. */
  private static Optional<String> obstacle(NodeStatus status) {
    List<MemberStatus> others =
        status.members().stream()
            .filter(member -> !member.name().equals(status.node()))
            .filter(MemberStatus::voter)
            .toList();
    if (others.stream().noneMatch(one -> one.reachable() && !one.witness())) {
      return Optional.of(
          "nobody can take over: no other member that keeps sessions is in reach; --force ends"
              + " this daemon all the same");
    }
    long left = others.stream().filter(MemberStatus::reachable).count();
    int needed = (others.size() + 1) / 2 + 1;
    boolean votes =
        status.members().stream()
            .anyMatch(member -> member.name().equals(status.node()) && member.voter());
    return votes && left < needed
        ? Optional.of(
            "without this node nothing could be committed: "
                + left
                + " of "
                + (others.size() + 1)
                + " voters would be left and "
                + needed
                + " are needed; --force ends this daemon all the same")
        : Optional.empty();
  }

  /** Returns who serves instead. */
  private String handOver(Reply reply, int seconds)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    NodeStatus status = node.status();
    if (Objects.equals(status.leader(), status.node())) {
      step(reply, "handing leadership on");
      Wish.granted(node.transfer(null));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    String last = "";
    long said = System.nanoTime();
    while (true) {
      status = node.status();
      Optional<MemberStatus> leader = leader(status);
      if (leader.isPresent() && leader.get().state() == NodeState.INGESTING) {
        return leader.get().name();
      }
      String now =
          leader
              .map(one -> one.name() + " leads, and is " + one.state())
              .orElse(
                  Objects.equals(status.leader(), status.node())
                      ? "this node leads again: does the address that traffic comes to stay here?"
                      : "nobody leads");
      if (System.nanoTime() - deadline >= 0) {
        throw new LogUnavailableException(
            "not drained within " + seconds + " s: " + now + "; this daemon goes on");
      }
      // Also when nothing is new: a client that has left must not have the daemon ended.
      if (!now.equals(last) || System.nanoTime() - said >= SAY_AGAIN.toNanos()) {
        step(reply, now);
        last = now;
        said = System.nanoTime();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
  }

  /** Another member that leads; empty if there is none. */
  private static Optional<MemberStatus> leader(NodeStatus status) {
    return status.members().stream()
        .filter(member -> member.name().equals(status.leader()))
        .filter(member -> !member.name().equals(status.node()))
        .findFirst();
  }

  private static void step(Reply reply, String text) throws IOException {
    reply.item(JSON.objectNode().put("step", text));
    reply.flush();
  }
}
