package io.ssyncd.node;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wall clock of this host, and whether somebody set it: it is watched against the monotonic
 * clock, which nobody sets. Times in records are of the wall clock, so after it was set an hour
 * forward all sessions look as if their time were over, and after it was set back new ones look
 * older than they are.
 *
 * <p>It wants to be read every few seconds, or slow corrections add up to what looks like a jump.
 * Thread-safe.
 */
public final class HostClock {
  /** Less is what a time daemon corrects by and by, or a thread that had to wait. */
  static final Duration LEAST_JUMP = Duration.ofSeconds(2);

  /** A clock that was set back by more had been wrong before. */
  static final Duration LARGEST_JUMP = Duration.ofDays(1);

  /** Two readings that are to belong to one moment. */
  private static final Duration APART = Duration.ofMillis(1);

  private static final int LOOKS = 5;
  private static final Logger log = LoggerFactory.getLogger(HostClock.class);
  private static final HostClock SYSTEM =
      new HostClock(System::currentTimeMillis, System::nanoTime);

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private long difference;
  private long deviation;
  private boolean leapt;
  private long leaptAtMs;

  /**
   * A clock of its own, for tests.
   *
   * @param wallMillis milliseconds since 1970
   * @param nanos monotonic, from any moment on
   */
  public HostClock(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    this.difference = wallMillis.getAsLong() - steadyMillis();
  }

  /** The clock of this host; one for the whole process. */
  public static HostClock system() {
    return SYSTEM;
  }

  /** A clock that nobody ever sets: time itself is what {@code millis} says. For tests. */
  public static HostClock steady(LongSupplier millis) {
    return new HostClock(millis, () -> TimeUnit.MILLISECONDS.toNanos(millis.getAsLong()));
  }

  /** What the wall clock says: milliseconds since 1970. */
  public synchronized long millis() {
    long wall = wallMillis.getAsLong();
    long steady = steadyMillis();
    long now = wall - steady;
    long jump = now - difference;
    difference = now;
    if (Math.abs(jump) >= LEAST_JUMP.toMillis()) {
      deviation += jump;
      if (jump > 0) {
        leapt = true;
        leaptAtMs = steady;
      }
      log.warn(
          "this host's clock was set {} ms {}: times of sessions are off by that",
          Math.abs(jump),
          jump > 0 ? "forward" : "back");
    }
    return wall;
  }

  /**
   * How far the wall clock is ahead of the monotonic one, in milliseconds; empty if this thread was
   * kept from reading both within {@link #APART} of each other.
   */
  OptionalLong aheadOfSteadyMillis() {
    for (int i = 0; i < LOOKS; i++) {
      long before = steadyMillis();
      long wall = millis();
      if (steadyMillis() - before <= APART.toMillis()) {
        return OptionalLong.of(wall - before);
      }
    }
    return OptionalLong.empty();
  }

  /** Milliseconds of the monotonic clock: for what waits, whatever happens to the wall clock. */
  public long steadyMillis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
  }

  /**
   * Whether the wall clock was set forward in so many milliseconds before now. Then nothing whose
   * life is that long can be said to be over: it may have been used just before.
   */
  public synchronized boolean wasSetForwardWithin(long durationMs) {
    long unused = millis();
    return leapt && steadyMillis() - leaptAtMs <= durationMs;
  }

  /**
   * What has to be added to a time that was taken just now, so that it is not older than times
   * taken before the clock was set back: by how many milliseconds it is behind what it would say
   * had nobody set it since this process began. Zero for a clock that is ahead of that, or that was
   * set back by more than a day: then it had been wrong before.
   */
  public synchronized long behindMillis() {
    long unused = millis();
    return deviation < 0 && -deviation <= LARGEST_JUMP.toMillis() ? -deviation : 0;
  }
}
