package io.ssyncd.source.pound;

import io.ssyncd.node.Warning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is or was wrong with a link; says it once in the log and keeps it for the status.
 * Thread-safe.
 */
final class LinkHealth {
  private static final Logger log = LoggerFactory.getLogger(LinkHealth.class);

  /** How long a stream that was no frames is remembered in the warnings. */
  private static final Duration GARBAGE_SHOWN = Duration.ofMinutes(10);

  private final PoundLinkConfig config;
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile @Nullable Warning problem;
  private volatile @Nullable Garbage garbage;

  private record Garbage(Warning warning, long atNanos) {}

  LinkHealth(PoundLinkConfig config) {
    this.config = config;
  }

  /** There is a connection to that process. */
  void connected(PeerProcess process) {
    connections.incrementAndGet();
    problem = null;
    log.info("http {}: connected to Pound, pid {}", config.farm(), process.pid());
  }

  /** There is none, because of this. */
  void broken(Warning why) {
    if (!Objects.equals(problem, why)) {
      log.warn("http {}: {}", config.farm(), why.text());
    }
    problem = why;
  }

  /** What came were no frames. */
  void garbage(Warning what) {
    malformed.incrementAndGet();
    garbage = new Garbage(what, System.nanoTime());
    log.warn("http {}: {}", config.farm(), what.text());
  }

  /** Why there is no connection; null if there is one, or never was. */
  @Nullable Warning problem() {
    return problem;
  }

  long malformed() {
    return malformed.get();
  }

  long connections() {
    return connections.get();
  }

  /** All that is wrong with the connection as it is now. */
  List<Warning> warnings(@Nullable PoundConnection now, Mirror mirror) {
    List<Warning> all = new ArrayList<>();
    Warning current = problem;
    if (current != null) {
      all.add(current);
    }
    if (now != null) {
      addOf(now, all);
    }
    if (mirror.size() >= mirror.bound()) {
      all.add(
          new Warning(
              "pound-sessions-limit",
              config.socket() + ": Pound holds more sessions than the limit of " + mirror.bound()));
    }
    Garbage seen = garbage;
    if (seen != null
        && !seen.warning().equals(current)
        && System.nanoTime() - seen.atNanos() < GARBAGE_SHOWN.toNanos()) {
      all.add(seen.warning());
    }
    return all;
  }

  private void addOf(PoundConnection now, List<Warning> all) {
    if (now.stalled()) {
      all.add(new Warning("pound-stalled", config.socket() + ": Pound does not answer"));
    }
    Dump dump = now.lastDump();
    if (dump != null && dump.liveness() == Dump.Liveness.DEAF) {
      all.add(
          new Warning(
              "pound-deaf",
              config.socket()
                  + ": Pound (pid "
                  + now.peer().process().pid()
                  + ") takes sessions but tells of none; restart its worker (another node leads"
                  + " until then, if one can)"));
    }
  }
}
