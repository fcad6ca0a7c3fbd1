package io.ssyncd.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ControlCall;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the members' status several times a second, each from a thread of its own, so that one
 * that stands still hides nothing of the others; keeps the longest times in which the cluster did
 * not commit, and in which nobody collected. Safe for threads.
 */
final class SoakWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A time in which something did not happen. */
  record Gap(Duration length, String after) {
    static final Gap NONE = new Gap(Duration.ZERO, "nothing");

    Gap longer(Gap other) {
      return other.length.compareTo(length) > 0 ? other : this;
    }

    @Override
    public String toString() {
      return length.toMillis() + " ms (after " + after + ")";
    }
  }

  private final ScheduledExecutorService threads;
  private final List<ScheduledFuture<?>> polls;
  private final Map<String, JsonNode> statuses = new HashMap<>();
  private final Map<String, Long> events = new HashMap<>();
  private final String farm;
  private String phase = "the start";
  private long commitIndex;
  private long committedAt;
  private long term;
  private boolean changedSinceCommit = true;
  private long collectedAt;
  private boolean collected;
  private long collectedEvents;
  private int changes;
  private Gap stall = Gap.NONE;
  private Gap stallOfChange = Gap.NONE;
  private Gap outage = Gap.NONE;
  private Duration outages = Duration.ZERO;

  private SoakWatch(Cluster cluster, String farm) {
    this.farm = farm;
    this.committedAt = System.nanoTime();
    this.collectedAt = committedAt;
    List<Member> members = cluster.members();
    this.threads = Executors.newScheduledThreadPool(members.size());
    this.polls =
        members.stream()
            .<ScheduledFuture<?>>map(
                member ->
                    threads.scheduleWithFixedDelay(
                        () -> poll(member), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS))
            .toList();
  }

  /** Begins; {@code farm} is the one whose events are counted. */
  static SoakWatch begin(Cluster cluster, String farm) {
    return new SoakWatch(cluster, farm);
  }

  private void poll(Member member) {
    try {
      JsonNode request =
          ControlCall.ask(member.control(), ControlCall.request("status"), PATIENCE).result();
      observe(member.name(), request, System.nanoTime());
    } catch (IOException silent) {
      observe(member.name(), null, System.nanoTime());
    }
  }

  private synchronized void observe(String member, @Nullable JsonNode status, long now) {
    if (status == null || !status.has("term")) {
      statuses.remove(member);
    } else {
      statuses.put(member, status);
      countEvents(member, status);
      if (status.path("term").asLong() > term) {
        term = status.path("term").asLong();
        changedSinceCommit = true;
        changes++;
      }
    }
    observeLeader(now);
    if (status != null && status.path("commitIndex").asLong() > commitIndex) {
      Gap gap = new Gap(Duration.ofNanos(now - committedAt), phase);
      if (changedSinceCommit) {
        stallOfChange = stallOfChange.longer(gap);
      } else {
        stall = stall.longer(gap);
      }
      commitIndex = status.path("commitIndex").asLong();
      committedAt = now;
      changedSinceCommit = leader().isEmpty();
    }
  }

  private void observeLeader(long now) {
    if (leader().isEmpty()) {
      collected = false;
      changedSinceCommit = true;
      return;
    }
    if (!collected) {
      Gap gap = new Gap(Duration.ofNanos(now - collectedAt), phase);
      outage = outage.longer(gap);
      outages = outages.plus(gap.length);
    }
    collected = true;
    collectedAt = now;
  }

  /** Counters begin at nought with every process. */
  private void countEvents(String member, JsonNode status) {
    for (JsonNode source : status.path("sources")) {
      if (source.path("scope").asText().equals(farm)) {
        long now = source.path("events").asLong();
        Long before = events.put(member, now);
        collectedEvents += before == null || now < before ? now : now - before;
      }
    }
  }

  /** Forgets all gaps so far: the start is none of them. */
  synchronized void reset() {
    committedAt = System.nanoTime();
    stall = Gap.NONE;
    stallOfChange = Gap.NONE;
    outage = Gap.NONE;
    outages = Duration.ZERO;
    changes = 0;
    collectedEvents = 0;
  }

  /** What was done to the cluster last, for the gaps that follow. */
  synchronized void phase(String what) {
    phase = what;
  }

  /** Who collects in the newest term that anybody knows. */
  synchronized Optional<String> leader() {
    return statuses.entrySet().stream()
        .filter(entry -> entry.getValue().path("term").asLong() == term)
        .filter(entry -> entry.getValue().path("state").asText().equals("INGESTING"))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Whether somebody collects and every member answers and follows it. */
  synchronized boolean whole(int members) {
    String leader = leader().orElse("");
    return statuses.size() == members
        && statuses.values().stream().allMatch(s -> s.path("leader").asText().equals(leader));
  }

  /** The last status of a member; empty if it did not answer. */
  synchronized Optional<JsonNode> status(String member) {
    return Optional.ofNullable(statuses.get(member));
  }

  /** The longest time without a commit while one leader collected; counts one that still lasts. */
  synchronized Gap stall() {
    Gap open = new Gap(Duration.ofNanos(System.nanoTime() - committedAt), phase);
    return changedSinceCommit ? stall : stall.longer(open);
  }

  /** The figures, one a line. */
  synchronized String report() {
    return """
    commits %d, terms begun %d, events collected %d
    longest without a commit under one leader    %s
    longest without a commit, change of leader   %s
    longest without anybody who collects         %s
    all the time without anybody who collects    %d ms
    """
        .formatted(
            commitIndex,
            changes,
            collectedEvents,
            stall,
            stallOfChange,
            outage,
            outages.toMillis());
  }

  @Override
  public void close() {
    polls.forEach(poll -> poll.cancel(false));
    threads.shutdownNow();
  }
}
