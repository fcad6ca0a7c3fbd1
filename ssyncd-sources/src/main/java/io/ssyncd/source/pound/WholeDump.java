package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a dump. Pound 2.8a.15 takes its input and answers it in one thread: once it took
 * SYNC_REQUEST (nothing of ours is unsent), a frame that it ignores is sent; once it took that,
 * too, the whole dump lies in our buffer, and is whole here when that much was read.
 *
 * <p>The two must not be taken by one and the same {@code recv}, which goes on to the next piece as
 * long as there is one. So the mark is only sent when the dump is seen to have begun (its canary
 * came), or some milliseconds after the request was taken.
 *
 * <p>Belongs to the thread that reads, but for {@link #result()}.
 */
final class WholeDump {
  /** What the dump needs to know of the connection. */
  interface Wire {
    /** See {@link SocketQueue#unsent()}. */
    OptionalInt unsent();

    /** See {@link SocketQueue#unread()}. */
    OptionalInt unread();

    /** Whether the other side is gone: then its kernel threw away what it had not taken. */
    boolean gone();

    /** Sends a frame that Pound ignores; false if somebody else is sending just now. */
    boolean mark() throws IOException;
  }

  /** Whether Pound has yet to take what it was asked: what it says meanwhile is no answer. */
  boolean untaken() {
    return step == Step.ASKED && takenNanos == null;
  }

  private enum Step {
    ASKED,
    MARKED,
    DRAINING,
    QUIETING,
    DONE
  }

  /** Ten thousand times what the kernel needs from one piece to the next. */
  private static final long APART_NANOS = 5_000_000;

  private final long generation;
  private final @Nullable HttpKey canary;
  private final long quietNanos;
  private final CompletableFuture<Dump> result = new CompletableFuture<>();
  private Step step = Step.ASKED;
  private boolean canarySeen;
  private long frames;
  private long remaining;
  private long lastBytesNanos;
  private @Nullable Long takenNanos;

  /**
   * A dump that is about to be asked for.
   *
   * @param generation its number
   * @param canary the session that is written just before it; null if none is
   * @param quietNanos the silence that ends it where the kernel does not tell what is unsent
   */
  WholeDump(long generation, @Nullable HttpKey canary, long quietNanos, long nowNanos) {
    this.generation = generation;
    this.canary = canary;
    this.quietNanos = quietNanos;
    this.lastBytesNanos = nowNanos;
  }

  long generation() {
    return generation;
  }

  /** Done with the dump, or with why it never came to its end. */
  CompletableFuture<Dump> result() {
    return result;
  }

  /** A session came, which is not a canary. */
  void frame() {
    frames++;
  }

  /** A canary came: ours or an older one. */
  void canary(HttpKey key) {
    if (key.equals(canary)) {
      canarySeen = true;
    } else {
      frames++;
    }
  }

  /**
   * Bytes were read, and the frames in them handed over; or a while passed without any.
   *
   * @param bytes how many; 0 for none
   * @return the dump if this was its end
   */
  @Nullable Dump advance(int bytes, long nowNanos, Wire wire) throws IOException {
    if (bytes > 0) {
      lastBytesNanos = nowNanos;
      remaining -= bytes;
    }
    switch (step) {
      case ASKED -> asked(nowNanos, wire);
      case MARKED -> marked(wire);
      default -> {}
    }
    boolean drained = step == Step.DRAINING && remaining <= 0;
    boolean quiet = step == Step.QUIETING && nowNanos - lastBytesNanos >= quietNanos;
    if (!drained && !quiet) {
      return null;
    }
    step = Step.DONE;
    return new Dump(generation, drained ? Dump.End.MARKER : Dump.End.QUIET, liveness(), nowNanos);
  }

  private void asked(long nowNanos, Wire wire) throws IOException {
    OptionalInt unsent = wire.unsent();
    if (unsent.isEmpty()) {
      step = Step.QUIETING;
    } else if (unsent.getAsInt() == 0) {
      long taken = takenNanos == null ? nowNanos : takenNanos;
      takenNanos = taken;
      boolean apart = canarySeen || nowNanos - taken >= APART_NANOS;
      if (apart && wire.mark()) {
        step = Step.MARKED;
      }
    }
  }

  private void marked(Wire wire) {
    OptionalInt unsent = wire.unsent();
    // A process that dies takes nothing, yet nothing is unsent: its kernel dropped it, after it had
    // hung up. So the order of these two questions matters.
    if (unsent.isEmpty() || unsent.getAsInt() != 0 || wire.gone()) {
      return;
    }
    OptionalInt unread = wire.unread();
    if (unread.isEmpty()) {
      step = Step.QUIETING;
    } else {
      step = Step.DRAINING;
      remaining = unread.getAsInt();
    }
  }

  private Dump.Liveness liveness() {
    if (canarySeen) {
      return Dump.Liveness.LIVE;
    }
    return canary != null && frames == 0 ? Dump.Liveness.DEAF : Dump.Liveness.UNPROVEN;
  }
}
