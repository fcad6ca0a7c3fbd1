package io.ssyncd.source.pair;

import io.ssyncd.node.HostClock;
import io.ssyncd.node.RecordImport;
import io.ssyncd.source.pound.MalformedFrameException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows an old master as its backup would: connects, asks for all that it holds, and takes that
 * and what happens then into the cluster. When the connection breaks it comes back, after 0.2 s at
 * first and 5 s at most, and asks again. Used by one thread, but for {@link #report}.
 */
public final class ImportRun {
  /** How long an import that does not follow waits for a master that is not there. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int TICK_MS = 100;
  private static final Duration SETTLE_EVERY = Duration.ofSeconds(5);
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

  /** A master whose host lost its power says nothing more: found out within half a minute. */
  private static final int KEEPALIVE_IDLE_S = 10;

  private static final int KEEPALIVE_INTERVAL_S = 5;
  private static final int KEEPALIVE_PROBES = 3;
  private static final int CHUNK_BYTES = 64 * 1024;

  /** How long what was taken last may take to be committed. */
  private static final Duration COMMIT = Duration.ofSeconds(30);

  /** So many refused frames are named in the log. */
  private static final int NAMED_REFUSALS = 10;

  private static final Logger log = LoggerFactory.getLogger(ImportRun.class);

  private final InetSocketAddress master;
  private final String name;
  private final RecordImport into;
  private final Until until;
  private final PairImport taking;
  private final DumpEnd dump = new DumpEnd(DumpEnd.QUIET);
  private final long begun = System.nanoTime();
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int refusals;
  private boolean enough;
  private String lastError = "";
  private long settledAt = begun;
  private long toldAt = begun - PROGRESS_EVERY.toNanos();
  private final Absence absence = new Absence(LONGEST_PAUSE, begun);
  private volatile ImportReport report;

  /** When an import ends, beside what {@link Progress} says. */
  public enum End {
    /** The old master has told of all that it holds. */
    DUMP,
    /** A time has passed. */
    TIME,
    /** Never. */
    NEVER
  }

  /**
   * When to end.
   *
   * @param end by what
   * @param time for TIME
   */
  public record Until(End end, Duration time) {}

  /** Hears how an import goes, every second, on its thread. */
  public interface Progress {
    /**
     * It stands so.
     *
     * @throws IOException if nobody wants to know any more: the import ends then
     */
    void at(ImportReport report) throws IOException;

    /** Whether it is to end as if its time had come; asked every tick. */
    default boolean isEnough() throws IOException {
      return false;
    }
  }

  /** What a frame's handler threw; {@link PairDecoder} hands it through. */
  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(ImportOverException cause) {
      super(cause);
    }
  }

  /**
   * @param name {@code host:port}, for people
   * @param into where the records go; closed by the caller
   */
  public ImportRun(
      InetSocketAddress master,
      String name,
      RecordImport into,
      ImportOptions options,
      Until until) {
    this.master = master;
    this.name = name;
    this.into = into;
    this.until = until;
    this.taking = new PairImport(into, into::isOver, options, HostClock.system());
    this.report = look();
  }

  /** How it stands, as of the last tick. From any thread. */
  public ImportReport report() {
    return report;
  }

  /**
   * Runs to its end.
   *
   * @return how it stands then; all that was taken is committed, or refused
   * @throws ImportOverException if this node does not lead any more
   * @throws MasterAbsentException if the old master was not there for {@link #PATIENCE}, and this
   *     import does not wait for it
   * @throws IOException as {@code progress} does
   */
  public ImportReport run(Progress progress)
      throws IOException, ImportOverException, InterruptedException {
    try {
      followUntilTheEnd(progress);
    } catch (IOException nobodyListens) {
      finish();
      throw nobodyListens;
    }
    finish();
    return report;
  }

  private void followUntilTheEnd(Progress progress)
      throws IOException, ImportOverException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (goesOn()) {
      try (Socket socket = connect()) {
        follow(socket, progress);
      } catch (MasterLostException e) {
        absence.lost(System.nanoTime());
        lastError = String.valueOf(e.getMessage());
        taking.disconnected();
        if (until.end() == End.DUMP && absence.isLonger(PATIENCE, System.nanoTime())) {
          throw new MasterAbsentException(
              name + " was not there for " + PATIENCE.toSeconds() + " s: " + lastError, e);
        }
        // One that sends garbage as soon as it is connected is not asked again at once.
        pause = absence.lasted() ? FIRST_PAUSE : pause;
        waitFor(pause, progress);
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
      } catch (Failure e) {
        throw (ImportOverException) e.getCause();
      }
    }
  }

  /** What was taken is committed; deletions that wait are not made. */
  private void finish() throws ImportOverException, InterruptedException {
    taking.settle();
    taking.keepAllHeld();
    try {
      into.committed().get(COMMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new ImportOverException();
    }
    report = look();
    if (into.isOver()) {
      throw new ImportOverException();
    }
  }

  /** The old master cannot be reached, or sent what cannot be read. */
  private static final class MasterLostException extends Exception {
    private static final long serialVersionUID = 1L;

    MasterLostException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private boolean goesOn() {
    return !enough
        && switch (until.end()) {
          case DUMP -> dump.how() == DumpEnd.How.NOT_YET;
          case TIME -> System.nanoTime() - begun < until.time().toNanos();
          case NEVER -> true;
        };
  }

  private Socket connect() throws MasterLostException, IOException {
    Socket socket = new Socket();
    try {
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_S);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
      InetSocketAddress now =
          master.isUnresolved()
              ? new InetSocketAddress(master.getHostString(), master.getPort())
              : master;
      if (now.isUnresolved()) {
        throw new SocketException("nobody knows the host " + master.getHostString());
      }
      socket.connect(now, (int) CONNECT.toMillis());
      socket.setSoTimeout(TICK_MS);
      ByteBuffer hello = ByteBuffer.allocate(PairEncoder.MAX_FRAME);
      PairEncoder.syncRequest(hello);
      socket.getOutputStream().write(hello.array(), 0, hello.position());
    } catch (IOException e) {
      socket.close();
      throw new MasterLostException(String.valueOf(e.getMessage()), e);
    }
    absence.connected(System.nanoTime());
    taking.connected();
    dump.asked(System.nanoTime());
    log.info("import: connected to the old master {}", name);
    return socket;
  }

  private void follow(Socket socket, Progress progress)
      throws MasterLostException, IOException, ImportOverException {
    PairDecoder decoder = new PairDecoder();
    while (goesOn()) {
      ByteBuffer read = read(socket);
      try {
        decoder.feed(read, this::take);
      } catch (MalformedFrameException e) {
        log.warn("import: {} sent what no old master does: {}", name, e.getMessage());
        throw new MasterLostException(String.valueOf(e.getMessage()), e);
      }
      tick(progress);
    }
  }

  /** What has come within a tick; empty if nothing has. */
  private ByteBuffer read(Socket socket) throws MasterLostException {
    try {
      InputStream in = socket.getInputStream();
      int count = in.read(chunk);
      if (count < 0) {
        throw new MasterLostException("it closed the connection", null);
      }
      return ByteBuffer.wrap(chunk, 0, count);
    } catch (SocketTimeoutException nothing) {
      return ByteBuffer.allocate(0);
    } catch (IOException e) {
      throw new MasterLostException(String.valueOf(e.getMessage()), e);
    }
  }

  private void take(PairFrame frame) {
    long now = System.nanoTime();
    boolean live = dump.how() != DumpEnd.How.NOT_YET;
    dump.frame(frame, now);
    if (frame instanceof PairFrame.Refused refused && refusals++ < NAMED_REFUSALS) {
      log.warn("import: frame at byte {} is refused: {}", refused.offset(), refused.reason());
    }
    try {
      taking.take(frame, live);
    } catch (ImportOverException e) {
      throw new Failure(e);
    }
  }

  private void tick(Progress progress) throws IOException, ImportOverException {
    long now = System.nanoTime();
    boolean before = dump.how() != DumpEnd.How.NOT_YET;
    boolean ended = dump.now(now) != DumpEnd.How.NOT_YET;
    if (into.isOver()) {
      throw new ImportOverException();
    }
    taking.tick();
    if (ended && (!before || now - settledAt > SETTLE_EVERY.toNanos())) {
      settledAt = now;
      taking.told();
    }
    tell(progress);
  }

  private void tell(Progress progress) throws IOException {
    enough = enough || progress.isEnough();
    long now = System.nanoTime();
    if (now - toldAt >= PROGRESS_EVERY.toNanos()) {
      toldAt = now;
      report = look();
      progress.at(report);
    }
  }

  private void waitFor(Duration pause, Progress progress)
      throws IOException, ImportOverException, InterruptedException {
    // Not all backups of a master that comes back should come at once.
    long millis = pause.toMillis() + ThreadLocalRandom.current().nextLong(1 + pause.toMillis() / 4);
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (System.nanoTime() < end && goesOn()) {
      if (into.isOver()) {
        throw new ImportOverException();
      }
      Thread.sleep(Math.min(TICK_MS, millis));
      tell(progress);
    }
  }

  private ImportReport look() {
    return new ImportReport(
        name,
        absence.isConnected(),
        taking.connections(),
        lastError,
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
        dump.how(),
        taking.counts(),
        taking.taken().counts(),
        dump.how() == DumpEnd.How.NOT_YET ? 0 : taking.taken().notSince(taking.connections()),
        taking.clears(),
        taking.time(),
        into.refused());
  }
}
