package io.ssyncd.source.pound;

import io.ssyncd.node.Warning;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

  private final PoundLinkConfig config;
  private final FarmFile farm;
  private final Executor executor;
  private final PeerOwner owner;
  private final Mirror mirror;
  private final FrameIntake frames;
  private final Thread reader;
  private final ReentrantLock sleeping = new ReentrantLock();
  private final Condition wake = sleeping.newCondition();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PoundConnection.READ_BYTES);
  private final LinkHealth health;
  private final DeafVerdict deaf;
  private volatile LinkListener listener = LinkListener.NONE;
  private volatile boolean closing;
  private volatile @Nullable PoundConnection connection;
  private volatile @Nullable PeerProcess lastProcess;
  private volatile @Nullable PeerProcess written;

  /**
   * A link that is not open yet.
   *
   * @param executor what takes longer than a reading thread may take; one thread
   */
  public PoundLink(PoundLinkConfig config, FarmFile farm, Executor executor) {
    this.config = config;
    this.farm = farm;
    this.executor = executor;
    this.owner = new PeerOwner(config.user(), farm);
    this.health = new LinkHealth(config);
    this.deaf = new DeafVerdict(config.deafCheck());
    this.mirror = new Mirror(config.maxSessions());
    this.frames = new FrameIntake(mirror, farm, config.clock());
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
      Warning why = health.problem();
      throw why == null
          ? new LinkException("pound-unreachable", config.socket() + ": not connected yet")
          : new LinkException(why.code(), why.text());
    }
    return now;
  }

  @Nullable PoundConnection connected() {
    return connection;
  }

  /** How many sessions clients made or used in its Pound, as far as it was heard. */
  long traffic() {
    return frames.traffic();
  }

  /** A sink has written the table into that process. */
  public void written(PeerProcess process) {
    written = process;
  }

  /** Whether a process is connected, and it is not the one that was written last. */
  public boolean isUnwritten() {
    PoundConnection now = connection;
    return now != null && !now.peer().process().equals(written);
  }

  /** The process that was written last; null if none was. */
  @Nullable PeerProcess written() {
    return written;
  }

  /**
   * How long to wait before a Pound that told of nothing is asked again; zero for one that may be
   * asked at once.
   */
  public Duration deafPause(PoundConnection on) {
    Dump last = on.lastDump();
    boolean isDeaf = last != null && last.liveness() == Dump.Liveness.DEAF;
    return isDeaf ? deaf.pause(on.peer().process(), System.nanoTime()) : Duration.ZERO;
  }

  /**
   * Asks a Pound again that told of nothing, when it is time to. To be called now and then; waits
   * for Pound, within {@link PoundLinkConfig#answerTimeout}.
   */
  public void askDeafAgain() {
    PoundConnection now = connection;
    Dump last = now == null ? null : now.lastDump();
    if (now == null || last == null || last.liveness() != Dump.Liveness.DEAF) {
      return;
    }
    if (deafPause(now).isZero()) {
      try {
        Dump unused = now.dump(true);
      } catch (IOException e) {
        log.debug("http {}: a deaf Pound was not asked again", config.farm(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Who hears of what happens; one at most. */
  void listen(LinkListener by) {
    listener = by;
    frames.listen(by);
  }

  /** How it stands. Never blocks. */
  public LinkStatus status() {
    PoundConnection now = connection;
    Dump dump = now == null ? null : now.lastDump();
    List<Warning> warnings = health.warnings(now, mirror);
    warnings.addAll(farm.warnings());
    return new LinkStatus(
        now != null,
        dump != null && dump.proves(),
        mirror.size(),
        mirror.bound(),
        mirror.overflows(),
        frames.events(),
        health.malformed(),
        frames.late(),
        frames.unexpected(),
        health.connections(),
        warnings);
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
        health.broken(e.warning());
      } catch (IOException e) {
        health.broken(unreachable(e.getMessage()));
      } catch (RuntimeException | LinkageError e) {
        // LinkageError: the native part of jnr could not be unpacked or loaded.
        log.error("http {}: reading failed, connecting again", config.farm(), e);
        health.broken(unreachable("internal error: " + e));
      }
      failures = useful ? 0 : failures + 1;
      pause(config.reconnect().after(failures));
    }
  }

  private Warning unreachable(@Nullable String why) {
    return new Warning("pound-unreachable", config.socket() + ": " + why);
  }

  /** Follows one connection to its end; says whether it was of use. */
  private boolean follow(PoundSocket socket) throws IOException {
    PoundConnection now = begin(socket);
    Warning end = unreachable("Pound ended the connection");
    boolean frames = true;
    try {
      listener.connected(now.peer().process());
      now.run(buffer, dump -> dumped(now, dump));
    } catch (MalformedFrameException e) {
      frames = false;
      end = new Warning("pound-garbage", config.socket() + ": " + e.getMessage());
      health.garbage(end);
    } catch (IOException e) {
      end = unreachable(e.getMessage());
    } finally {
      connection = null;
      if (!closing) {
        health.broken(end);
      }
      now.left(end.text());
      new CleanClose(config.socket(), now.peer(), config, buffer).end(socket, now.isCut());
    }
    return frames && now.lastDump() != null;
  }

  private PoundConnection begin(PoundSocket socket) throws IOException {
    boolean begun = false;
    try {
      Peer peer = Peer.of(socket, config.socket(), owner);
      if (!peer.process().equals(lastProcess)) {
        mirror.clear();
        lastProcess = peer.process();
      }
      PoundConnection now = new PoundConnection(config, socket, peer, farm, frames);
      now.begin();
      health.connected(peer.process());
      connection = now;
      if (closing) {
        now.endSoon();
      }
      begun = true;
      return now;
    } finally {
      if (!begun) {
        socket.close();
      }
    }
  }

  /** False if the connection should be made anew. */
  private boolean dumped(PoundConnection now, Dump dump) {
    PeerProcess process = now.peer().process();
    if (dump.liveness() == Dump.Liveness.DEAF) {
      int times = deaf.passed(process, System.nanoTime());
      if (times <= 2) { // it is asked again and again
        log.warn(
            "http {}: Pound, pid {}, tells of nothing{}",
            config.farm(),
            process.pid(),
            times == 1 ? "; connecting again" : "; its worker has to be restarted");
      }
      return times > 1; // another's connection may have silenced ours: a new one cures that, once
    }
    if (dump.proves()) {
      deaf.lifted();
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
              session -> dump.end() == Dump.End.MARKER || farm.expired(session, config.clock()));
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
}
