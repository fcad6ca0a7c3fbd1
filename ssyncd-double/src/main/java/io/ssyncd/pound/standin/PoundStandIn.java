package io.ssyncd.pound.standin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * A stand-in for Pound 2.8a.15 started with {@code -s}: its session socket and its session tables,
 * without HTTP. Requests of clients are calls ({@link #request}). It says exactly what Pound says
 * and dies of whatever kills Pound: then everything is closed, {@link #death} completes with the
 * reason, and every other call throws {@link IllegalStateException}.
 *
 * <p>Thread-safe. Calls that announce something block while the connected client does not read, as
 * Pound's traffic does; {@link #count} and {@link #stats} never block. Several instances may run in
 * one JVM; they then share its pid, which is what a client sees as the peer's: for a restart that
 * looks like Pound's (another pid) run {@link Main} as a process and start it again.
 *
 * <p>The socket's file is left behind by {@link #close} and by death, as by Pound.
 */
public final class PoundStandIn implements Closeable {
  private final Farm farm;
  private final Path socket;
  private final Options options;
  private final CompletableFuture<String> death = new CompletableFuture<>();
  private volatile Worker worker;

  /**
   * How the stand-in runs.
   *
   * @param sweep time between two removals of expired sessions; zero for none but {@link #expire}
   * @param clock Unix seconds
   * @param seed of the choice of backends
   */
  public record Options(Duration sweep, LongSupplier clock, long seed) {
    /** Pound's own interval ({@code EXPIRE_TO}), real time. */
    public static final Options DEFAULT =
        new Options(Duration.ofSeconds(60), () -> System.currentTimeMillis() / 1000, 1);

    /** These options with another sweep interval. */
    public Options withSweep(Duration interval) {
      return new Options(interval, clock, seed);
    }

    /** These options with another clock. */
    public Options withClock(LongSupplier unixSeconds) {
      return new Options(sweep, unixSeconds, seed);
    }
  }

  /**
   * What the stand-in counted since its worker started.
   *
   * @param connections since one closed, as Pound counts; 0: everybody is silenced
   * @param listening whether SYNC_REQUEST turned announcements on
   * @param deaf whether a failed send turned them off for good
   * @param blocked whether a send waits for the client at this moment
   * @param sent frames sent
   * @param dumps SYNC_REQUESTs
   * @param writes sessions written
   * @param dropped WRITEs that Pound only logs: unknown listener or backend
   * @param ignored requests of other actions
   */
  public record Stats(
      int connections,
      boolean listening,
      boolean deaf,
      boolean blocked,
      long sent,
      long dumps,
      long writes,
      long dropped,
      long ignored) {}

  private PoundStandIn(Farm farm, Path directory, Options options) throws IOException {
    this.farm = farm;
    this.socket = directory.resolve("ssync_" + farm.name() + ".socket");
    this.options = options;
    this.worker = open();
    this.worker.start();
  }

  /**
   * Starts listening on {@code directory/ssync_NAME.socket} (mode 0700), replacing a file of that
   * name.
   *
   * @throws IOException if the socket cannot be had
   * @throws IllegalArgumentException for a farm name of 27 bytes and more, which corrupts Pound's
   *     memory
   */
  public static PoundStandIn start(Farm farm, Path directory, Options options) throws IOException {
    int length = farm.name().getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length >= Farm.FATAL_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a farm name of " + length + " bytes kills Pound (1 to 26 are possible)");
    }
    return new PoundStandIn(farm, directory, options);
  }

  private Worker open() throws IOException {
    return Worker.open(
        farm, socket, options, new SplittableRandom(options.seed()), death::complete);
  }

  /** Completes with the reason when something kills it; never if it is closed before. */
  public CompletableFuture<String> death() {
    return death.copy();
  }

  /** Whether nothing killed it so far. */
  public boolean alive() {
    return !death.isDone();
  }

  /** Where clients connect. */
  public Path socket() {
    return socket;
  }

  /** What it was started with. */
  public Farm farm() {
    return farm;
  }

  /** A request of a client: refreshes the session of the key or makes one. */
  public void request(int listener, int service, byte[] key) {
    service(listener, service).request(key);
  }

  /** A request that must find its session; false if there is none. */
  public boolean touch(int listener, int service, byte[] key) {
    return service(listener, service).touch(key);
  }

  /** An answer of the service's Emergency backend that carries a session key. */
  public void emergencyAnswer(int listener, int service, byte[] key) {
    service(listener, service).emergencyAnswer(key);
  }

  /** {@code poundctl -N}: adds a session, even if the key is there; the key is cut to 127 bytes. */
  public void add(int listener, int service, byte[] key, int backend) {
    byte[] cut = ServiceTable.requestKey(key);
    serviceOf(listener, service, backend).add(cut, backend, 0);
  }

  /** {@code poundctl -n}: deletes a session; false if there is none. */
  public boolean delete(int listener, int service, byte[] key) {
    return service(listener, service).delete(key);
  }

  /** {@code poundctl -f}: deletes the sessions of a backend; returns how many. */
  public int flush(int listener, int service, int backend) {
    return serviceOf(listener, service, backend).flush(backend);
  }

  /** A failed connect or check: the backend is dead, its sessions are deleted; returns how many. */
  public int killBackend(int listener, int service, int backend) {
    return serviceOf(listener, service, backend).kill(backend);
  }

  /** A dead backend answers again. */
  public void reviveBackend(int listener, int service, int backend) {
    serviceOf(listener, service, backend).revive(backend);
  }

  /** {@code poundctl -b} and {@code -B}: no new sessions for it; says nothing, keeps sessions. */
  public void disable(int listener, int service, int backend, boolean disabled) {
    serviceOf(listener, service, backend).disable(backend, disabled);
  }

  /** The sweep: deletes what has outlived its TTL; returns how many. */
  public int expire() {
    return live().expire();
  }

  /**
   * Requests with {@code count} keys, {@code prefix} and a number, spread evenly over the services
   * that keep sessions.
   */
  public void traffic(int count, String prefix) {
    new Traffic(live().tables(), prefix, Integer.MAX_VALUE).run(count);
  }

  /**
   * Requests at a steady rate, by a thread of its own. The future completes with the number made;
   * it may be cancelled.
   *
   * @param perSecond requests a second, 1 to 1,000,000
   * @param duration how long
   * @param distinct how many different keys; more requests than that repeat them
   */
  public CompletableFuture<Long> rate(
      int perSecond, Duration duration, String prefix, int distinct) {
    return new Traffic(live().tables(), prefix, distinct).start(perSecond, duration);
  }

  /** The sessions in the order of a dump. */
  public List<Session> sessions() {
    return live().tables().sessions();
  }

  /** How many sessions there are. Does not block. */
  public int count() {
    return live().tables().count();
  }

  /** A digest of ids, keys, addresses and last accesses of all sessions; independent of order. */
  public String digest() {
    return Tables.digest(sessions());
  }

  /** What was counted. Does not block. */
  public Stats stats() {
    return live().stats();
  }

  /** Stops or resumes receiving, as when Pound is busy elsewhere. */
  public void stall(boolean stalled) {
    live().stall(stalled);
  }

  /**
   * Stops receiving by itself once so many more sessions were written: in the middle of a write.
   */
  public void stallAfterWrites(long more) {
    live().stallAfterWrites(more);
  }

  /**
   * What follows the death of Pound's worker: every connection closed, empty tables, a new socket,
   * backends as configured. The pid does not change. For one that is dead start another stand-in.
   */
  public synchronized void restartWorker() throws IOException {
    live().close();
    worker = open();
    worker.start();
  }

  /** Closes every connection and the socket. */
  @Override
  public synchronized void close() {
    worker.close();
  }

  private Worker live() {
    if (death.isDone()) {
      throw new IllegalStateException("dead: " + death.join());
    }
    return worker;
  }

  private ServiceTable service(int listener, int service) {
    ServiceTable found = live().tables().service(listener, service);
    if (found == null) {
      throw new IllegalArgumentException("no service " + listener + "/" + service);
    }
    return found;
  }

  private ServiceTable serviceOf(int listener, int service, int backend) {
    ServiceTable found = service(listener, service);
    if (!found.hasBackend(backend)) {
      throw new IllegalArgumentException(
          "no backend " + backend + " in service " + listener + "/" + service);
    }
    return found;
  }
}
