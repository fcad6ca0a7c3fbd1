package io.ssyncd.source.pound;

import io.ssyncd.node.Warning;
import io.ssyncd.session.HttpKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to a farm's Pound, for its source and its sink: a second one would silence the
 * first. Kept open from {@link #open} to {@link #close} on every member, leader or not, and
 * connected again when it breaks.
 *
 * <p>A thread of its own reads it and does nothing else, for Pound's HTTP traffic waits for whoever
 * does not read (after some 278 frames). What takes longer is done by the executor.
 */
public final class PoundLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PoundLink.class);

  /** How long a stream that was no frames is remembered in the warnings. */
  private static final Duration GARBAGE_SHOWN = Duration.ofMinutes(10);

  private final PoundLinkConfig config;
  private final FarmFile farm;
  private final Executor executor;
  private final PeerOwner owner;
  private final Mirror mirror;
  private final FrameIntake frames;
  private final Thread reader;
  private final ReentrantLock sleeping = new ReentrantLock();
  private final Condition wake = sleeping.newCondition();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile LinkListener listener = new Silent();
  private volatile boolean closing;
  private volatile @Nullable PoundConnection connection;
  private volatile @Nullable PeerProcess lastProcess;
  private volatile @Nullable PeerProcess written;
  private volatile @Nullable PeerProcess deaf;
  private volatile @Nullable Warning problem;
  private volatile @Nullable Garbage garbage;

  private record Garbage(Warning warning, long atNanos) {}

  /**
   * A link that is not open yet.
   *
   * @param executor what takes longer than a reading thread may take; one thread
   */
  public PoundLink(PoundLinkConfig config, FarmFile farm, Executor executor) {
    this.config = config;
    this.farm = farm;
    this.executor = executor;
    this.owner = new PeerOwner(config.user());
    this.mirror = new Mirror(config.maxSessions());
    this.frames = new FrameIntake(mirror, farm, config.clock(), new Forward());
    this.reader = new Thread(this::read, "pound-" + config.farm());
    this.reader.setDaemon(true);
  }

  /** Begins to connect; returns at once. */
  public void open() {
    reader.start();
  }

  /** How Pound is reached. */
  public PoundLinkConfig config() {
    return config;
  }

  /** The farm's configuration. */
  public FarmFile farm() {
    return farm;
  }

  /** What Pound was seen to hold. */
  public Mirror mirror() {
    return mirror;
  }

  /**
   * The connection as it is now.
   *
   * @throws LinkException if there is none; says why
   */
  public PoundConnection connection() throws LinkException {
    PoundConnection now = connection;
    if (now == null) {
      Warning why = problem;
      throw why == null
          ? new LinkException("pound-unreachable", config.socket() + ": not connected yet")
          : new LinkException(why.code(), why.text());
    }
    return now;
  }

  @Nullable PoundConnection connected() {
    return connection;
  }

  /** A sink has written the table into that process. */
  public void written(PeerProcess process) {
    written = process;
  }

  /** The process that was written last; null if none was. */
  @Nullable PeerProcess written() {
    return written;
  }

  /** Who hears of what happens; one at most. */
  void listen(LinkListener by) {
    listener = by;
  }

  /** How it stands. Never blocks. */
  public LinkStatus status() {
    PoundConnection now = connection;
    Dump dump = now == null ? null : now.lastDump();
    return new LinkStatus(
        now != null,
        dump != null && dump.proves(),
        mirror.size(),
        mirror.bound(),
        mirror.overflows(),
        frames.events(),
        malformed.get(),
        frames.late(),
        frames.unexpected(),
        connections.get(),
        warnings(now, dump));
  }

  private List<Warning> warnings(@Nullable PoundConnection now, @Nullable Dump dump) {
    List<Warning> all = new ArrayList<>();
    Warning current = problem;
    if (current != null) {
      all.add(current);
    }
    if (now != null && now.stalled()) {
      all.add(new Warning("pound-stalled", config.socket() + ": Pound does not answer"));
    }
    if (now != null && dump != null && dump.liveness() == Dump.Liveness.DEAF) {
      all.add(
          new Warning(
              "pound-deaf",
              config.socket()
                  + ": Pound (pid "
                  + now.peer().process().pid()
                  + ") takes sessions but tells of none; restart its worker, and let another node"
                  + " lead until then"));
    }
    if (mirror.size() >= mirror.bound()) {
      all.add(
          new Warning(
              "pound-sessions-limit",
              "http "
                  + config.farm()
                  + ": Pound holds more sessions than the limit of "
                  + mirror.bound()));
    }
    Garbage seen = garbage;
    if (seen != null && System.nanoTime() - seen.atNanos() < GARBAGE_SHOWN.toNanos()) {
      all.add(seen.warning());
    }
    all.addAll(farm.warnings());
    return all;
  }

  // ---- the reading thread ----

  private void read() {
    int failures = 0;
    while (!closing) {
      boolean useful = false;
      try {
        farm.refresh();
        useful = follow(PoundSocket.connect(config.socket()));
      } catch (LinkException e) {
        trouble(e.warning());
      } catch (IOException e) {
        trouble(new Warning("pound-unreachable", config.socket() + ": " + e.getMessage()));
      } catch (RuntimeException e) {
        log.error("http {}: reading failed, connecting again", config.farm(), e);
        trouble(new Warning("pound-unreachable", config.socket() + ": internal error " + e));
      }
      failures = useful ? 0 : failures + 1;
      pause(config.reconnect().after(failures));
    }
  }

  /** Follows one connection to its end; says whether a dump came through. */
  private boolean follow(PoundSocket socket) throws IOException {
    Peer peer;
    PoundConnection now;
    try {
      peer = Peer.of(socket, config.socket(), owner);
      meet(peer.process());
      now = new PoundConnection(config, socket, peer, farm, frames);
      now.begin();
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    connections.incrementAndGet();
    problem = null;
    connection = now;
    if (closing) {
      now.endSoon();
    }
    log.info("http {}: connected to Pound, pid {}", config.farm(), peer.process().pid());
    String why = config.socket() + ": Pound ended the connection";
    boolean garbled = false;
    try {
      listener.connected(peer.process());
      now.run(dump -> dumped(now, dump));
    } catch (MalformedFrameException e) {
      why = config.socket() + ": " + e.getMessage() + "; connecting again";
      garbled = true;
      malformed.incrementAndGet();
      Warning warning = new Warning("pound-garbage", why);
      garbage = new Garbage(warning, System.nanoTime());
      log.warn("http {}: {}", config.farm(), why);
    } catch (IOException e) {
      why = config.socket() + ": " + e.getMessage();
    } finally {
      connection = null;
      if (!closing) {
        problem = new Warning("pound-unreachable", why);
      }
      now.left(why);
      new CleanClose(config.socket(), peer, config).end(socket);
    }
    return now.lastDump() != null && !garbled;
  }

  private void meet(PeerProcess process) {
    if (!process.equals(lastProcess)) {
      mirror.clear();
      lastProcess = process;
    }
  }

  /** False if the connection should be made anew. */
  private boolean dumped(PoundConnection now, Dump dump) {
    PeerProcess process = now.peer().process();
    if (dump.liveness() == Dump.Liveness.DEAF) {
      boolean known = process.equals(deaf);
      deaf = process;
      log.warn(
          "http {}: Pound, pid {}, tells of nothing{}",
          config.farm(),
          process.pid(),
          known ? "; its worker has to be restarted" : "; connecting again");
      return known; // another one's connection may have silenced ours: a new one cures that, once
    }
    if (dump.proves()) {
      deaf = null;
    }
    log.info(
        "http {}: dump {} of Pound, pid {}: {} sessions",
        config.farm(),
        dump.liveness(),
        process.pid(),
        mirror.size());
    later(() -> settle(dump));
    return true;
  }

  /** What is absent is only believed of a dump that is whole and live. */
  private void settle(Dump dump) {
    List<Mirrored> absent = List.of();
    if (dump.proves()) {
      absent =
          mirror.removeOlder(
              dump.generation(),
              session ->
                  dump.end() == Dump.End.MARKER
                      || farm.expired(session, config.clock().getAsLong()));
    }
    listener.dumped(dump, absent);
  }

  private void later(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("http {}: closing", config.farm(), e);
    }
  }

  private void trouble(Warning warning) {
    if (!Objects.equals(problem, warning)) {
      log.warn("http {}: {}", config.farm(), warning.text());
    }
    problem = warning;
  }

  private void pause(Duration time) {
    sleeping.lock();
    try {
      long left = time.toNanos();
      while (left > 0 && !closing) {
        left = wake.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closing = true;
    } finally {
      sleeping.unlock();
    }
  }

  /** Leaves Pound so that the next connection hears it; waits for that, within bounds. */
  @Override
  public void close() {
    sleeping.lock();
    try {
      closing = true;
      wake.signalAll();
    } finally {
      sleeping.unlock();
    }
    PoundConnection now = connection;
    if (now != null) {
      now.endSoon();
    }
    try {
      reader.join(config.closeTimeout().multipliedBy(4).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hands on to whoever listens now. */
  private final class Forward implements LinkListener {
    @Override
    public void connected(PeerProcess process) {
      listener.connected(process);
    }

    @Override
    public void told(Mirrored session, boolean dumping) {
      listener.told(session, dumping);
    }

    @Override
    public void deleted(HttpKey key, @Nullable Mirrored last) {
      listener.deleted(key, last);
    }

    @Override
    public void dumped(Dump dump, List<Mirrored> absent) {
      listener.dumped(dump, absent);
    }
  }

  /** Nobody listens. */
  private static final class Silent implements LinkListener {
    @Override
    public void connected(PeerProcess process) {}

    @Override
    public void told(Mirrored session, boolean dumping) {}

    @Override
    public void deleted(HttpKey key, @Nullable Mirrored last) {}

    @Override
    public void dumped(Dump dump, List<Mirrored> absent) {}
  }
}
