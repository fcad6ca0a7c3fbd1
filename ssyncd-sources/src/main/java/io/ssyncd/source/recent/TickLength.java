package io.ssyncd.source.recent;

import java.io.IOException;
import java.util.OptionalLong;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long a jiffy is. */
final class TickLength {
  /** Ticks a second that Linux can be built with (kernel/Kconfig.hz). */
  static final int[] HZ = {100, 250, 300, 1000};

  /** Far enough apart that 250 and 300 differ by 15 ticks. */
  static final long APART_NANOS = 300_000_000;

  private static final int CLOCK_MONOTONIC_COARSE = 6;
  private static final Logger log = LoggerFactory.getLogger(TickLength.class);

  private TickLength() {}

  /** The C library's functions that are needed here. */
  public interface LibC {
    /** See clock_getres(2). */
    int clock_getres(int clock, Pointer resolution);
  }

  /** Exactly, from the resolution of the clock that the tick moves; empty where that cannot be. */
  static OptionalLong ofCoarseClock() {
    try {
      LibC libc = LibraryLoader.create(LibC.class).load("c");
      Runtime runtime = Runtime.getRuntime(libc);
      Pointer resolution = Memory.allocateDirect(runtime, 2 * runtime.longSize(), true);
      if (libc.clock_getres(CLOCK_MONOTONIC_COARSE, resolution) != 0) {
        return OptionalLong.empty();
      }
      long seconds = resolution.getNativeLong(0);
      long nanos = resolution.getNativeLong(runtime.longSize());
      boolean sane = seconds == 0 && nanos >= 500_000 && nanos <= 100_000_000;
      return sane ? OptionalLong.of(nanos) : OptionalLong.empty();
    } catch (UnsatisfiedLinkError | RuntimeException e) {
      log.debug("clock_getres is not to be had: {}", e.toString());
      return OptionalLong.empty();
    }
  }

  /**
   * From two readings, at least {@link #APART_NANOS} apart.
   *
   * @throws IOException if they fit none of the lengths that Linux knows
   */
  static long ofReadings(
      JiffiesReader.Reading first, JiffiesReader.Reading second, JiffiesWidth width)
      throws IOException {
    double seconds = (second.nanos() - first.nanos()) / 1e9;
    double measured = width.since(second.jiffies(), first.jiffies()) / seconds;
    for (int hz : HZ) {
      // One tick more or less over the distance, and two in a hundred.
      if (Math.abs(measured - hz) <= 1.5 / seconds + hz * 0.02) {
        return 1_000_000_000L / hz;
      }
    }
    throw new IOException("jiffies run at " + Math.round(measured) + " Hz: no kernel's rate");
  }
}
