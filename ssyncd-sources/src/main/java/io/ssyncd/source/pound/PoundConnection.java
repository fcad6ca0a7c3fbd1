package io.ssyncd.source.pound;

import io.ssyncd.session.HttpSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one Pound process: its reading loop, the dumps that are asked for on it, and
 * what a sink sends. One thread reads; any other may {@link #dump} and {@link #send}.
 */
public final class PoundConnection {
  /**
   * The most bytes of one send: 2.8a.15 took 40,000 frames in such pieces and never a split one.
   */
  public static final int MAX_SEND = 32_000;

  /** What one read takes: the most that the kernel's default buffer holds. */
  static final int READ_BYTES = 1 << 18;

  private static final int IDLE_WAIT_MS = 100;
  private static final int DUMP_WAIT_MS = 1;

  private final PoundLinkConfig config;
  private final PoundSocket socket;
  private final Peer peer;
  private final FarmFile farm;
  private final FrameIntake frames;
  private final FrameDecoder decoder;
  private final FrameSender sender;
  private final DumpWire wire = new DumpWire();
  private final ReentrantLock asking = new ReentrantLock();
  private volatile boolean ending;
  private volatile @Nullable WholeDump dump;
  private volatile @Nullable Dump lastDump;

  /** How often sessions were sent; and how often they had been when dumps were asked for. */
  private final AtomicLong sends = new AtomicLong();

  private volatile long sendsBeforeDump;
  private volatile long sendsBeforeLastDump;
  private volatile long progressNanos = System.nanoTime();

  PoundConnection(
      PoundLinkConfig config, PoundSocket socket, Peer peer, FarmFile farm, FrameIntake frames)
      throws IOException {
    this.config = config;
    this.socket = socket;
    this.peer = peer;
    this.farm = farm;
    this.frames = frames;
    this.decoder = new FrameDecoder(config.farm());
    this.sender = new FrameSender(config, socket);
  }

  /** The process on the other side. */
  public Peer peer() {
    return peer;
  }

  /** The newest dump on this connection that came to its end; null before the first. */
  public @Nullable Dump lastDump() {
    return lastDump;
  }

  /**
   * Whether Pound tells of its sessions: not from the moment that it is sent some until a dump that
   * was asked for later has come to its end. Until then nobody knows what happens in it.
   */
  public boolean isTelling() {
    return sendsBeforeLastDump == sends.get();
  }

  /** Whether Pound takes nothing, or a dump was asked for and does not make progress. */
  boolean stalled() {
    return sender.isStuck() || dumpStalled();
  }

  private boolean dumpStalled() {
    long last = Math.max(progressNanos, sender.progressNanos());
    return dump != null && System.nanoTime() - last > config.answerTimeout().toNanos();
  }

  /** Whether a frame was cut, so that nothing may be sent to this Pound before the end is seen. */
  boolean isCut() {
    return sender.isCut();
  }

  // ---- the reading thread ----

  /** Asks for the first dump. To be called before any other thread knows of this connection. */
  void begin() throws IOException {
    CompletableFuture<Dump> unused = ask(true);
  }

  /**
   * Reads until Pound ends the connection, or {@link #endSoon}, or {@code onDump} says so.
   *
   * @param buffer a direct one of {@link #READ_BYTES}
   * @param onDump called with each dump that comes to its end; false ends the loop
   * @throws MalformedFrameException if what comes are no frames
   */
  void run(ByteBuffer buffer, DumpHandler onDump) throws IOException {
    while (!ending && !sender.isCut()) {
      WholeDump running = dump;
      int ready = socket.queue().await(running == null ? IDLE_WAIT_MS : DUMP_WAIT_MS);
      int bytes = 0;
      if (ready != 0) {
        bytes = socket.read(buffer.clear());
        if (bytes < 0) {
          return;
        }
        if (bytes > 0) {
          if (running == null || !running.untaken()) {
            progressNanos = System.nanoTime();
          }
          decoder.feed(buffer.flip(), frame -> frames.take(frame, dump));
        }
      }
      if (running != null && !advance(running, bytes, onDump)) {
        return;
      }
      if (sender.isStuck() && socket.queue().unsent().orElse(0) == 0) {
        sender.taken();
      }
    }
  }

  private boolean advance(WholeDump running, int bytes, DumpHandler onDump) throws IOException {
    Dump done = running.advance(bytes, System.nanoTime(), wire);
    if (done == null) {
      return true;
    }
    sendsBeforeLastDump = sendsBeforeDump;
    lastDump = done;
    dump = null;
    running.result().complete(done);
    return onDump.done(done);
  }

  /** What to do with a dump that came to its end. */
  interface DumpHandler {
    /** False to leave this connection. */
    boolean done(Dump dump);
  }

  private final class DumpWire implements WholeDump.Wire {
    private int lastUnsent = Integer.MAX_VALUE;

    @Override
    public OptionalInt unsent() {
      OptionalInt now = socket.queue().unsent();
      if (now.orElse(Integer.MAX_VALUE) < lastUnsent) {
        progressNanos = System.nanoTime();
      }
      lastUnsent = now.orElse(Integer.MAX_VALUE);
      return now;
    }

    @Override
    public OptionalInt unread() {
      return socket.queue().unread();
    }

    @Override
    public boolean gone() {
      return (socket.queue().await(0) & SocketQueue.HUNG_UP) != 0;
    }

    @Override
    public boolean mark() throws IOException {
      return sender.trySendSmall(to -> FrameEncoder.marker(config.farm(), to));
    }
  }

  /** Ends the reading loop within some 100 ms. */
  void endSoon() {
    ending = true;
  }

  /** The reading thread has left: nobody sends any more, and waiting dumps fail. */
  void left(String why) {
    sender.close();
    WholeDump running = dump;
    if (running != null) {
      running.result().completeExceptionally(new IOException(why));
    }
  }

  // ---- anybody ----

  /**
   * Asks for a dump and waits for its end. One that is under way is waited for first.
   *
   * @param prove whether to write a session first that proves Pound to be live; without it nothing
   *     is changed in Pound
   * @throws IOException if the connection ends, or nothing moves for {@link
   *     PoundLinkConfig#answerTimeout}
   */
  public Dump dump(boolean prove) throws IOException, InterruptedException {
    asking.lockInterruptibly();
    try {
      settled();
      return await(ask(prove));
    } finally {
      asking.unlock();
    }
  }

  /**
   * Waits for the end of a dump that is under way.
   *
   * @return the newest dump that came to its end; null if there was none
   * @throws IOException as {@link #dump}
   */
  public @Nullable Dump settled() throws IOException, InterruptedException {
    WholeDump running = dump;
    return running == null ? lastDump : await(running.result());
  }

  private CompletableFuture<Dump> ask(boolean prove) throws IOException {
    long generation = frames.nextGeneration();
    FarmConfig described = farm.describing(peer).config();
    Optional<HttpSession> canary =
        prove && described != null
            ? Canary.of(described, config.farm(), generation)
            : Optional.empty();
    WholeDump next =
        new WholeDump(
            generation,
            canary.map(HttpSession::key).orElse(null),
            config.dumpQuiet().toNanos(),
            System.nanoTime());
    progressNanos = System.nanoTime();
    boolean asked = false;
    try {
      sender.sendSmall(
          to -> {
            canary.ifPresent(session -> FrameEncoder.write(session, to));
            FrameEncoder.syncRequest(config.farm(), to);
            sendsBeforeDump = sends.get();
            dump = next;
          });
      asked = true;
    } finally {
      if (!asked) {
        dump = null; // or it would pass for an empty one
      }
    }
    if (!sender.isOpen()) {
      next.result().completeExceptionally(new IOException("the connection to Pound ended"));
    }
    return next.result();
  }

  private Dump await(CompletableFuture<Dump> result) throws IOException, InterruptedException {
    while (true) {
      try {
        return result.get(PoundSocket.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw new IOException(config.socket() + ": no dump: " + e.getCause(), e);
      } catch (TimeoutException e) {
        if (dumpStalled()) {
          throw new IOException(config.socket() + ": Pound does not answer", e);
        }
      }
    }
  }

  /**
   * Sends whole frames, waiting for room.
   *
   * @param wholeFrames a direct buffer, at most {@link #sendBytes()} bytes; its position moves to
   *     its limit
   * @throws IOException if the connection ended, or Pound took nothing for {@link
   *     PoundLinkConfig#answerTimeout}; what was taken before stays with Pound
   */
  public void send(ByteBuffer wholeFrames) throws IOException, InterruptedException {
    if (wholeFrames.remaining() > sendBytes()) {
      throw new IllegalArgumentException(
          "at most " + sendBytes() + " bytes a send, not " + wholeFrames.remaining());
    }
    sends.incrementAndGet();
    sender.send(wholeFrames);
  }

  /** The most bytes to send at once: {@link #MAX_SEND}, or less where the kernel would cut that. */
  public int sendBytes() {
    return Math.min(MAX_SEND, sender.pieceBytes());
  }
}
