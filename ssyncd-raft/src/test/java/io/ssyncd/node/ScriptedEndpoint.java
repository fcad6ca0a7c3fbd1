package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A process that holds sessions, with a source and a sink that do what those of a Pound do, and
 * what a test tells them.
 */
final class ScriptedEndpoint implements Endpoint, SessionSource, SessionSink {
  final Feed feed;
  final Map<SessionKey, SessionRecord> process = new ConcurrentHashMap<>();

  /** start, stop, resync, write, wrote, fenced, interrupted, closing, close: in their order. */
  final List<String> events = new CopyOnWriteArrayList<>();

  /** What was to be written, in order. */
  final List<WriteOrder> orders = new CopyOnWriteArrayList<>();

  final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger mismatches = new AtomicInteger();
  final AtomicInteger writing = new AtomicInteger();
  final AtomicLong seen = new AtomicLong();
  volatile @Nullable Intake intake;
  volatile @Nullable CountDownLatch gate;
  volatile @Nullable CountDownLatch midGate;
  volatile @Nullable CountDownLatch closeGate;
  volatile int refusals;
  volatile boolean unreachable;
  volatile boolean deaf;
  volatile boolean unwritten;

  /** It holds out in its gates, whoever interrupts it. */
  volatile boolean stubborn;

  /** What others took from the process, and nobody was told yet. */
  final AtomicReference<Set<Scope>> emptied = new AtomicReference<>(Set.of());

  /** What its sink throws when it is asked that. */
  volatile @Nullable RuntimeException bug;

  volatile Optional<String> digest = Optional.empty();

  ScriptedEndpoint(Feed feed) {
    this.feed = feed;
  }

  // ---- the script ----

  /** The process got a session, or a newer state of one. */
  boolean see(SessionRecord session) {
    process.put(session.key(), session);
    seen.incrementAndGet();
    Intake to = intake;
    return to == null || to.offer(new Mutation.Put(session));
  }

  void forget(SessionKey key) {
    process.remove(key);
    Intake to = intake;
    if (to != null) {
      to.offer(new Mutation.Delete(key));
    }
  }

  /** Another process, which knows nothing. */
  void restart() {
    process.clear();
    unwritten = true;
    Intake to = intake;
    if (to != null) {
      to.replaced();
    }
  }

  long count(String event) {
    return events.stream().filter(event::equals).count();
  }

  boolean ingesting() {
    return intake != null;
  }

  // ---- endpoint ----

  @Override
  public SessionSource source() {
    return this;
  }

  @Override
  public SessionSink sink() {
    return this;
  }

  @Override
  public Feed feed() {
    return feed;
  }

  @Override
  public Optional<String> configurationDigest() {
    return digest;
  }

  @Override
  public SortedMap<Scope, Integer> clear(Set<Scope> scopes) throws IOException {
    events.add("clear");
    if (unreachable) {
      throw new IOException(feed + " is not in reach");
    }
    SortedMap<Scope, Integer> lost = new TreeMap<>();
    process.keySet().removeIf(key -> lost.merge(key.scope(), 1, Integer::sum) > 0);
    return lost;
  }

  @Override
  public void close() {
    stop();
    CountDownLatch slow = closeGate;
    if (slow != null) {
      events.add("closing");
      try {
        slow.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    events.add("close");
  }

  // ---- source ----

  @Override
  public void start(Intake to) {
    if (intake != null) {
      events.add("STARTED TWICE");
    }
    events.add("start");
    intake = to;
    compare(to);
  }

  private void compare(Intake to) {
    for (SessionRecord session : process.values()) {
      SessionRecord known = to.table().get(session.key());
      if (known == null || at(known) < at(session)) {
        to.offer(new Mutation.Put(session));
      }
    }
  }

  private static long at(SessionRecord session) {
    return session instanceof HttpSession http
        ? http.lastAccessMs()
        : ((RecentEntry) session).lastSeenMs();
  }

  @Override
  public void stop() {
    if (intake != null) {
      events.add("stop");
    }
    intake = null;
  }

  @Override
  public void resync() {
    events.add("resync");
    Intake to = intake;
    if (to != null) {
      compare(to);
    }
  }

  @Override
  public boolean isDeaf() {
    return deaf;
  }

  @Override
  public long traffic() {
    return seen.get();
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(!unreachable, seen.get(), 0, List.of());
  }

  // ---- sink ----

  @Override
  public List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    events.add("write");
    if (writing.incrementAndGet() > 1) {
      events.add("TWO WRITES AT ONCE");
    }
    try {
      return guardedWrite(order);
    } catch (FencedException e) {
      events.add("fenced");
      throw e;
    } catch (InterruptedException e) {
      events.add("interrupted");
      throw e;
    } finally {
      writing.decrementAndGet();
    }
  }

  private List<ScopeReport> guardedWrite(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    orders.add(order);
    pass(gate);
    if (unreachable || failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IOException(feed + " is not in reach");
    }
    Map<Scope, ScopeReport.Tally> tallies = new TreeMap<>();
    List<SessionRecord> wanted = new ArrayList<>();
    order.table().counts().keySet().stream()
        .filter(scope -> feed.covers(scope) && order.wants(scope))
        .forEach(
            scope -> {
              tallies.put(scope, new ScopeReport.Tally(scope));
              wanted.addAll(order.table().records(scope));
            });
    int half = wanted.size() / 2;
    int done = 0;
    for (SessionRecord session : wanted) {
      if (done++ == half) {
        pass(midGate);
      }
      if (!order.fence().holds()) {
        throw new FencedException(
            feed + ": stopped after " + (done - 1) + ": " + order.fence().why());
      }
      ScopeReport.Tally tally = tallies.get(session.key().scope());
      if (refusals >= done) {
        tally.refused(Reason.UNKNOWN_SERVICE, "service 9");
      } else if (mismatches.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        tally.mismatched("read back otherwise");
      } else if (process.containsKey(session.key())) {
        tally.unchanged(1);
      } else {
        if (!order.dryRun()) {
          process.put(session.key(), session);
        }
        tally.applied(1);
      }
    }
    events.add("wrote");
    unwritten &= order.dryRun();
    List<ScopeReport> reports = new ArrayList<>();
    tallies.values().forEach(tally -> reports.add(tally.report()));
    return reports;
  }

  private void pass(@Nullable CountDownLatch gate) throws InterruptedException {
    boolean passed = gate == null;
    while (!passed) {
      try {
        gate.await();
        passed = true;
      } catch (InterruptedException e) {
        if (!stubborn) {
          throw e;
        }
      }
    }
  }

  @Override
  public boolean isUnwritten() {
    return unwritten && !unreachable;
  }

  @Override
  public Set<Scope> emptied() {
    if (bug != null) {
      throw bug;
    }
    return emptied.getAndSet(Set.of());
  }

  @Override
  public List<Warning> warnings() {
    return List.of();
  }

  /** Endpoints of one host, by feed; a feed that was closed and opened again has several. */
  static final class Host {
    final Map<Feed, List<ScriptedEndpoint>> opened = new HashMap<>();
    final Map<Feed, ScriptedEndpoint> prepared = new HashMap<>();
    volatile @Nullable Feed refused;

    EndpointFactory factory(io.ssyncd.session.Kind kind) {
      return new EndpointFactory() {
        @Override
        public io.ssyncd.session.Kind kind() {
          return kind;
        }

        @Override
        public Endpoint open(Feed feed) {
          return Host.this.open(feed);
        }
      };
    }

    /** What will be opened for that feed: to script it before. */
    synchronized ScriptedEndpoint prepare(Feed feed) {
      return prepared.computeIfAbsent(feed, ScriptedEndpoint::new);
    }

    private synchronized Endpoint open(Feed feed) {
      if (feed.equals(refused)) {
        throw new IllegalArgumentException("no " + feed + " can be here");
      }
      ScriptedEndpoint made = prepared.remove(feed);
      made = made == null ? new ScriptedEndpoint(feed) : made;
      opened.computeIfAbsent(feed, unused -> new ArrayList<>()).add(made);
      return made;
    }

    synchronized @Nullable ScriptedEndpoint latest(Feed feed) {
      List<ScriptedEndpoint> all = opened.get(feed);
      return all == null ? null : all.get(all.size() - 1);
    }

    synchronized int count(Feed feed) {
      return opened.getOrDefault(feed, List.of()).size();
    }
  }

  /** A session of farm f1's first service. */
  static HttpSession session(String farm, String key, long lastAccessMs) {
    return new HttpSession(
        new HttpKey(farm, 0, 0, io.ssyncd.session.Bytes.utf8(key)),
        0,
        io.ssyncd.session.Bytes.utf8("10.0.0.1"),
        lastAccessMs);
  }
}
