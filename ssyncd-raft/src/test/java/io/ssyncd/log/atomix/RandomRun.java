package io.ssyncd.log.atomix;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.atomix.FaultyCluster.Running;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps of one seed, done to one cluster; after each the {@link LogOracle} is asked. */
final class RandomRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RandomRun.class);
  private static final int TRACED = 120;
  private static final int REMEMBERED = 40;
  private static final int MOST_IN_FLIGHT = 100;

  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  /** Without faults all have everything by then, or it counts as a fault. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final byte[] GARBAGE = {EntryCodec.VERSION, 2, -1, 0, 0};

  private final LogOracle oracle = new LogOracle();
  private final FaultyCluster cluster;
  private final Drawn drawn;
  private final String replay;
  private final int members;
  private final long begun = System.nanoTime();
  private long longestRest;
  private final Deque<String> trace = new ArrayDeque<>();
  private final Deque<byte[]> proposed = new ArrayDeque<>();
  private final Map<String, Reign> reigns = new TreeMap<>();
  private final Map<Step.What, Integer> counts = new EnumMap<>(Step.What.class);

  /** What a member thinks of its own reign; others may reign meanwhile. */
  private static final class Reign {
    volatile long epoch;
    long sequence;
  }

  RandomRun(Path directory, int members, Drawn drawn, String replay) {
    this.drawn = drawn;
    this.replay = replay;
    this.members = members;
    cluster = new FaultyCluster(directory, members, oracle, this::trace);
  }

  /** Does so many steps, then lets everybody come to rest. */
  void run(int steps) throws IOException {
    cluster.names().forEach(cluster::start);
    for (int number = 1; number <= steps; number++) {
      Step step = Step.draw(number, members, drawn);
      trace(step.toString());
      execute(step);
      counts.merge(step.what(), 1, Integer::sum);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(step.pauseMillis()));
      cluster.look();
      check(number);
    }
    calm();
    check(steps);
    log.info(
        "{} steps in {} ms: {} entries, {} acknowledged, {} terms, at rest after {} ms at most; {}",
        steps,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
        oracle.lastIndex(),
        oracle.acknowledgements(),
        oracle.reigns(),
        TimeUnit.NANOSECONDS.toMillis(longestRest),
        counts);
  }

  private void check(int number) {
    String broken = oracle.broken();
    if (broken != null) {
      List<String> lines = new ArrayList<>();
      lines.add("step " + number + ": " + broken);
      lines.add("again: " + replay);
      lines.addAll(cluster.view());
      synchronized (trace) {
        lines.addAll(trace);
      }
      throw new AssertionError(String.join("\n", lines));
    }
  }

  private void trace(String what) {
    long at = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    synchronized (trace) {
      trace.addLast(String.format("%7d ms  %s", at, what));
      if (trace.size() > TRACED) {
        trace.removeFirst();
      }
    }
  }

  private String name(int member) {
    return cluster.names().get(member);
  }

  private void execute(Step step) throws IOException {
    switch (step.what()) {
      case START -> {
        if (cluster.running(name(step.member())) == null) {
          cluster.start(name(step.member()));
        }
      }
      case WATCH_DISKS -> watchDisks();
      case BLACKOUT -> blackout(step);
      case BLACKOUT_AFTER_ANSWER -> blackoutAfterAnswer(step);
      case WIPE -> wipe(name(step.member()));
      case ISOLATE -> cluster.network.isolate(name(step.member()), cluster.names());
      case ISOLATE_LEADER -> {
        Running leader = cluster.leader();
        if (leader != null) {
          cluster.network.isolate(leader.name(), cluster.names());
        }
      }
      case ONE_WAY -> cluster.network.cutOneWay(name(step.member()), name(step.other()));
      case SPLIT -> split(step.amount());
      case SLOW ->
          cluster.network.slow(name(step.member()), name(step.other()), step.amount() % 120);
      case HEAL -> cluster.network.heal();
      case CALM -> calm();
      default -> {
        Running member = cluster.running(name(step.member()));
        if (member != null) {
          execute(step, member);
        }
      }
    }
  }

  private void execute(Step step, Running member) throws IOException {
    switch (step.what()) {
      case OPEN -> open(step, member);
      case BATCH -> batch(step, member);
      case COMMAND -> propose(member, new Entry.Command(step.request(), operation(step)));
      case MARK -> propose(member, new Entry.Mark(step.request()));
      case AGAIN -> {
        if (!proposed.isEmpty()) {
          byte[] bytes = new ArrayList<>(proposed).get(step.amount() % proposed.size());
          cluster.propose(member, bytes, done -> {});
        }
      }
      case GARBAGE -> cluster.propose(member, GARBAGE, done -> {});
      case BARRIER -> {
        var unused = cluster.barrier(member);
      }
      case TRANSFER -> {
        var unused = member.log().transfer(name(step.other()));
      }
      case SNAPSHOT -> {
        var unused = member.log().snapshot();
      }
      case KILL -> cluster.kill(member);
      case CLOSE -> cluster.close(member);
      case POWER_LOSS ->
          trace(
              cluster.losePower(member, step.amount())
                  ? member.name() + " has lost its power"
                  : "not watched");
      case STALL -> member.disk().stall(step.amount() % 400);
      default -> throw new AssertionError(step);
    }
  }

  private void watchDisks() throws IOException {
    for (Running member : cluster.running()) {
      member.disk().copy();
    }
  }

  private void blackout(Step step) throws IOException {
    for (Running member : cluster.running()) {
      cluster.network.off(member.name());
    }
    for (Running member : cluster.running()) {
      if (!cluster.losePower(member, step.amount() + member.name().hashCode())) {
        cluster.kill(member);
      }
    }
  }

  /** What was acknowledged is on the disks of a majority, and not a moment later. */
  private void blackoutAfterAnswer(Step step) throws IOException {
    Running leader = cluster.leader();
    if (leader == null) {
      return;
    }
    watchDisks();
    CompletableFuture<Committed> answer = new CompletableFuture<>();
    byte[] mark = remember(EntryCodec.encode(new Entry.Mark(step.request())));
    cluster.propose(leader, mark, answer::complete);
    if (await(System.nanoTime() + MOMENT_NANOS, answer::isDone)) {
      blackout(step);
    }
  }

  private void propose(Running member, Entry entry) {
    if (cluster.inFlight.get() < MOST_IN_FLIGHT) {
      cluster.propose(member, remember(EntryCodec.encode(entry)), done -> {});
    }
  }

  private byte[] remember(byte[] bytes) {
    proposed.addLast(bytes);
    if (proposed.size() > REMEMBERED) {
      proposed.removeFirst();
    }
    return bytes;
  }

  private void open(Step step, Running member) {
    Reign reign = new Reign();
    reigns.put(member.name(), reign);
    byte[] bytes = remember(EntryCodec.encode(new Entry.Open(member.name(), step.request())));
    cluster.propose(
        member,
        bytes,
        done -> {
          if (done.outcome() == Outcome.APPLIED) {
            reign.epoch = done.index();
          }
        });
  }

  /** Of the member's own reign, whether or not that is over: others may have opened since. */
  private void batch(Step step, Running member) {
    Reign reign = reigns.get(member.name());
    if (reign == null) {
      open(step, member);
    } else if (reign.epoch != 0) {
      propose(
          member, new Entry.Batch(member.name(), reign.epoch, ++reign.sequence, step.mutations()));
    }
  }

  private static Entry.Operation operation(Step step) {
    Feed feed = Feed.farm("f" + step.amount() % 7);
    return switch (step.amount() % 5) {
      case 0, 1 -> new Entry.Operation.StartFeed(feed);
      case 2, 3 -> new Entry.Operation.StopFeed(feed);
      default -> new Entry.Operation.Clear(Kind.HTTP, null);
    };
  }

  /** Two groups that do not hear each other. */
  private void split(int pattern) {
    for (int i = 0; i < members; i++) {
      for (int j = 0; j < members; j++) {
        if ((pattern >> i & 1) != (pattern >> j & 1)) {
          cluster.network.cutOneWay(name(i), name(j));
        }
      }
    }
  }

  /** Without faults all come to the same, and to everything that was acknowledged. */
  private void calm() {
    cluster.network.heal();
    for (String name : cluster.names()) {
      if (cluster.running(name) == null) {
        cluster.start(name);
      }
    }
    long since = System.nanoTime();
    boolean rests = rests();
    longestRest = Math.max(longestRest, System.nanoTime() - since);
    if (!rests && oracle.broken() == null) {
      oracle.violated("without faults the members do not come to rest");
    }
  }

  private boolean rests() {
    long end = System.nanoTime() + PATIENCE_NANOS;
    return await(end, () -> cluster.inFlight.get() == 0)
        && await(end, () -> cluster.running().stream().allMatch(this::passes))
        && await(end, this::even);
  }

  private static boolean passes(CompletableFuture<?> future) {
    try {
      future.get(5, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  private boolean passes(Running member) {
    return passes(cluster.barrier(member));
  }

  private boolean even() {
    return cluster.running().stream().allMatch(this::hasAll);
  }

  private boolean hasAll(Running member) {
    return oracle.applied(member.life()) == oracle.lastIndex()
        && oracle.lastIndex() >= oracle.acknowledged();
  }

  /** False if there was no time left, or a promise was broken meanwhile. */
  private boolean await(long end, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (oracle.broken() != null || System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return true;
  }

  /** As the manual says: while the others have a leader and are in sync, and one at a time. */
  private void wipe(String name) throws IOException {
    calm();
    Running member = cluster.running(name);
    if (member == null || oracle.broken() != null) {
      return;
    }
    cluster.kill(member);
    if (await(System.nanoTime() + PATIENCE_NANOS, () -> othersAreInSync(name))) {
      cluster.wipe(name);
    }
    cluster.start(name);
    calm();
  }

  private boolean othersAreInSync(String name) {
    Running leader = cluster.leader();
    if (leader == null) {
      return false;
    }
    // A vote for somebody who still counts votes would be forgotten.
    long term = leader.log().status().term();
    return term >= cluster.votedIn(name)
        && even()
        && cluster.running().stream().allMatch(each -> each.log().status().term() == term);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
