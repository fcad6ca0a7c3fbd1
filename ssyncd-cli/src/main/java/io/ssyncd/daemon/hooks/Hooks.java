package io.ssyncd.daemon.hooks;

import io.ssyncd.node.NodeChange;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.StatusPart;
import io.ssyncd.node.Warning;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs hooks: one at a time, in the order of the changes, on a thread of its own, so that none ever
 * holds the node. {@value #MAX_WAITING} may wait; when more would, the oldest is left out, for the
 * newest state is what counts, and that is said. Thread-safe.
 */
public final class Hooks implements NodeChange.Listener, StatusPart, AutoCloseable {
  /** How many runs may wait. */
  static final int MAX_WAITING = 64;

  /** How long a run that was left out is shown. */
  private static final Duration SKIP_SHOWN = Duration.ofHours(1);

  /** What the end of the daemon leaves to the runs that wait. */
  private static final Duration LAST = Duration.ofSeconds(5);

  /** In the counts, beside the results of runs. */
  private static final String SKIPPED = "skipped";

  private static final Logger log = LoggerFactory.getLogger(Hooks.class);

  private final HookConfig config;
  private final String node;
  private final String cluster;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<Run> waiting = new ArrayDeque<>();
  private final SortedMap<HookEvent, String> failures = new TreeMap<>();
  private final SortedMap<Count, Long> counts = new TreeMap<>();
  private final Thread thread = new Thread(this::work, "ssyncd-hooks");
  private long skipped;
  private @Nullable Long skippedNanos;
  private boolean closing;

  private record Run(HookEvent event, List<String> command, Map<String, String> variables) {}

  /**
   * What was counted.
   *
   * @param event the event's word
   * @param result {@code ok}, {@code failed}, {@code timeout}, {@code not-started} or {@code
   *     skipped}
   */
  public record Count(String event, String result) implements Comparable<Count> {
    @Override
    public int compareTo(Count other) {
      int events = event.compareTo(other.event);
      return events != 0 ? events : result.compareTo(other.result);
    }
  }

  /**
   * Hooks of a node.
   *
   * @param node its name
   * @param cluster its cluster's
   */
  public Hooks(HookConfig config, String node, String cluster) {
    this.config = config;
    this.node = node;
    this.cluster = cluster;
    thread.setDaemon(true);
  }

  /** Begins to run what waits. */
  public Hooks begin() {
    thread.start();
    return this;
  }

  @Override
  public void changed(NodeChange change) {
    HookEvent event = HookEvent.of(change);
    lock.lock();
    try {
      submit(event, event, change);
      submit(HookEvent.ANY, event, change);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void submit(HookEvent hook, HookEvent event, NodeChange change) {
    List<String> command = config.commands().get(hook);
    if (command == null || closing && !thread.isAlive()) {
      return;
    }
    if (waiting.size() == MAX_WAITING) {
      Run oldest = waiting.removeFirst();
      skipped++;
      skippedNanos = System.nanoTime();
      count(oldest.event(), SKIPPED);
      log.warn("hook {} is left out: {} wait already", oldest.event().word(), MAX_WAITING);
    }
    waiting.addLast(new Run(hook, command, variables(event, change)));
  }

  private Map<String, String> variables(HookEvent event, NodeChange change) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("EVENT", event.word());
    all.put("NODE", node);
    all.put("CLUSTER", cluster);
    all.put("STATE", change.state().name());
    all.put("PREVIOUS_STATE", change.previous() == null ? "" : change.previous().name());
    all.put("SINCE", change.since().toString());
    all.put("TERM", Long.toString(change.term()));
    all.put("EPOCH", Long.toString(change.epoch()));
    all.put("LEADER", change.leader() == null ? "" : change.leader());
    all.put("QUORUM", Boolean.toString(change.quorum()));
    return all;
  }

  // ---- the thread ----

  private void work() {
    try {
      for (Run next = next(); next != null; next = next()) {
        ended(next, run(next));
      }
    } catch (InterruptedException e) {
      log.info("hooks that still waited are not run: the daemon ends");
    }
  }

  private HookProcess.End run(Run next) throws InterruptedException {
    try {
      return new HookProcess(next.command(), next.variables(), config.timeout()).run();
    } catch (RuntimeException e) {
      // The others are to be run all the same.
      log.error("hook {} failed by a bug", next.event().word(), e);
      return new HookProcess.End(HookProcess.Result.FAILED, "by a bug: " + e, List.of());
    }
  }

  /** Waits for one; null at the end. */
  private @Nullable Run next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        if (closing) {
          return null;
        }
        news.await();
      }
      return waiting.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  private void ended(Run run, HookProcess.End end) {
    String name = run.event().word();
    boolean good = end.result() == HookProcess.Result.OK;
    end.output().forEach(line -> log.info("hook {}: {}", name, line));
    if (good) {
      log.info("hook {} for {} is done", name, run.variables().get("EVENT"));
    } else {
      log.warn("hook {} ({}) failed: {}", name, run.command().get(0), end.text());
    }
    lock.lock();
    try {
      count(run.event(), end.result().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (good) {
        failures.remove(run.event());
      } else {
        failures.put(
            run.event(), "hooks." + name + " (" + run.command().get(0) + "): " + end.text());
      }
    } finally {
      lock.unlock();
    }
  }

  private void count(HookEvent event, String result) {
    counts.merge(new Count(event.word(), result), 1L, Long::sum);
  }

  // ---- anybody ----

  /** How often each hook ended how, since the daemon's start. */
  public SortedMap<Count, Long> counts() {
    lock.lock();
    try {
      return new TreeMap<>(counts);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Warning> warnings() {
    lock.lock();
    try {
      List<Warning> all = new ArrayList<>();
      failures.values().forEach(text -> all.add(new Warning("hook-failed", text)));
      Long last = skippedNanos;
      if (last != null && System.nanoTime() - last < SKIP_SHOWN.toNanos()) {
        all.add(
            new Warning(
                "hook-skipped",
                skipped
                    + " runs of hooks were left out: "
                    + MAX_WAITING
                    + " waited already; they take too long"));
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<NodeStatus.QueueStatus> queues() {
    lock.lock();
    try {
      return config.commands().isEmpty()
          ? List.of()
          : List.of(new NodeStatus.QueueStatus("hooks", waiting.size(), MAX_WAITING, skipped));
    } finally {
      lock.unlock();
    }
  }

  /** Runs what waits for some seconds more, then kills what runs. Waits for that. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(LAST.toMillis());
      thread.interrupt();
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
