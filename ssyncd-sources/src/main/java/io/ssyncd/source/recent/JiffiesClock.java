package io.ssyncd.source.recent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the kernel's jiffies began on this host's clocks. Jiffies follow CLOCK_MONOTONIC, so
 * the offset between them is measured once and then looked after: no reading ends before its jiffy
 * begins, so the earliest of many is the begin, good to 0.2 ms. Neither a kernel constant nor the
 * time of boot would do: offsets of 252, 144 and -4 ms were seen between the nominal begin and the
 * true one.
 *
 * <p>Thread-safe; a call takes up to 0.2 ms, the first one and those a minute after a jump 20 to
 * 350 ms.
 */
public final class JiffiesClock {
  /** How many readings an offset is taken from. */
  static final int READINGS = 50;

  /** Readings that are late by more than this besides their tick may mean that a clock jumped. */
  private static final long LATE_NANOS = 50_000_000;

  /** If all are for so long; a machine that its host keeps waiting is late for seconds. */
  private static final Duration LATE_FOR = Duration.ofMinutes(1);

  /**
   * A counter that is the same for so long is none: a copy of a file, say. Twenty milliseconds were
   * seen of a true one, on a machine that its host kept waiting.
   */
  private static final long STILL_NANOS = 500_000_000;

  private static final int CONFIRM_READINGS = 3;

  /** How often both clocks are read for a moment at most, until nothing came between. */
  private static final int MOMENT_READINGS = 10;

  /** How long a look at the counter holds. */
  private static final long CONFIRM_NANOS = 100_000_000;

  private static final Logger log = LoggerFactory.getLogger(JiffiesClock.class);

  private final List<JiffiesReader> readers;
  private final JiffiesWidth width;
  private final Duration lateFor;
  private @Nullable Calibration calibration;
  private String told = "";

  /** For the status, which does not wait while the offset is measured; negative before that. */
  private volatile long errorNanos = -1;

  private final AtomicLong calibrations = new AtomicLong();

  /** The clock of this kernel. */
  public static JiffiesClock of(RecentConfig config, TableFiles files, JiffiesWidth width) {
    List<JiffiesReader> readers = new ArrayList<>();
    readers.add(new TimerList(config.timerList()));
    config.scratchTable().ifPresent(t -> readers.add(new ScratchTable(files, t, width)));
    return new JiffiesClock(readers, width);
  }

  /**
   * @param readers the ways to learn jiffies, the best one first
   * @param width of the kernel
   */
  JiffiesClock(List<JiffiesReader> readers, JiffiesWidth width) {
    this(readers, width, LATE_FOR);
  }

  /** As the other one, with another patience for readings that are late. */
  JiffiesClock(List<JiffiesReader> readers, JiffiesWidth width, Duration lateFor) {
    this.readers = List.copyOf(readers);
    this.width = width;
    this.lateFor = lateFor;
  }

  /** The arithmetic of this kernel's jiffies. */
  public JiffiesWidth width() {
    return width;
  }

  /**
   * Now, in both times.
   *
   * @throws IOException if no way to learn jiffies is open: stamps cannot be translated; the
   *     message says what was tried
   */
  public synchronized JiffiesMoment moment() throws IOException, InterruptedException {
    Calibration current = calibration;
    if (current == null || !current.confirm()) {
      calibration = null;
      current = calibrate();
      calibration = current;
    }
    return current.moment();
  }

  /** How often the offset was measured: more than once means that a clock jumped. */
  public long calibrations() {
    return calibrations.get();
  }

  /**
   * How far off a translation may be besides its tick, in nanoseconds, as the last measurement
   * found; empty before the first.
   */
  public OptionalLong errorNanos() {
    long known = errorNanos;
    return known < 0 ? OptionalLong.empty() : OptionalLong.of(known);
  }

  private Calibration calibrate() throws IOException, InterruptedException {
    List<String> failures = new ArrayList<>();
    for (JiffiesReader reader : readers) {
      try {
        Calibration made = calibrate(reader);
        errorNanos = made.errorNanos;
        calibrations.incrementAndGet();
        tell(made);
        return made;
      } catch (IOException e) {
        failures.add(reader.name() + ": " + e);
      }
    }
    throw new IOException(
        "jiffies cannot be translated into times; tried "
            + String.join("; ", failures)
            + (readers.size() == 1 ? "; no scratch table is configured" : ""));
  }

  /** Once: a clock that jumps all the time is counted, and must not fill the log. */
  private void tell(Calibration made) {
    String text = "jiffies are told by " + made.reader.name() + ": a tick is " + made.tick + " ns";
    if (!text.equals(told)) {
      told = text;
      log.info("{}, the offset good to {} ns", text, made.errorNanos);
    }
  }

  private Calibration calibrate(JiffiesReader reader) throws IOException, InterruptedException {
    JiffiesReader.Reading first = reader.read();
    OptionalLong sinceBoot = TickLength.sinceBoot(first, width);
    long tick = sinceBoot.isPresent() ? sinceBoot.getAsLong() : measureTick(reader, first);
    Calibration made = new Calibration(reader, tick, first);
    // Spread over two ticks, so that some readings fall right behind one's begin.
    long pause = Math.max(0, 2 * tick / READINGS - 200_000);
    JiffiesReader.Reading last = first;
    long lastAsked = first.nanos();
    long beginOfFirstHalf = made.baseNanos;
    long beginOfSecondHalf = Long.MAX_VALUE;
    for (int i = 0; i < READINGS; i++) {
      LockSupport.parkNanos(pause);
      if (Thread.interrupted()) {
        throw new InterruptedException("while jiffies were measured");
      }
      long asked = System.nanoTime();
      JiffiesReader.Reading next = reader.read();
      made.include(next);
      if (i < READINGS / 2) {
        beginOfFirstHalf = Math.min(beginOfFirstHalf, made.begin(next));
      } else {
        beginOfSecondHalf = Math.min(beginOfSecondHalf, made.begin(next));
      }
      if (i > 0 && next.jiffies() != last.jiffies()) {
        // The begin of a jiffy lies between the two.
        made.errorNanos = Math.min(made.errorNanos, next.nanos() - lastAsked);
      }
      last = next;
      lastAsked = asked;
    }
    awaitTick(reader, first);
    // A machine that is kept waiting by its host counts late, and all readings can be too late.
    made.errorNanos = Math.max(made.errorNanos, Math.abs(beginOfFirstHalf - beginOfSecondHalf));
    return made;
  }

  private static void awaitTick(JiffiesReader reader, JiffiesReader.Reading first)
      throws IOException, InterruptedException {
    while (reader.read().jiffies() == first.jiffies()) {
      if (System.nanoTime() - first.nanos() > STILL_NANOS) {
        throw new IOException("the jiffies stand still at " + first.jiffies());
      }
      Thread.sleep(1);
    }
  }

  private long measureTick(JiffiesReader reader, JiffiesReader.Reading first)
      throws IOException, InterruptedException {
    Thread.sleep(TickLength.APART_NANOS / 1_000_000 + 10);
    return TickLength.between(first, reader.read(), width);
  }

  /** Where jiffies stand on the time line of System.nanoTime(). */
  private final class Calibration {
    private final JiffiesReader reader;
    private final long tick;
    private final long baseJiffies;
    private long baseNanos;
    private long errorNanos;
    private long observed;
    private long observedNanos;
    private long inTimeNanos;

    Calibration(JiffiesReader reader, long tick, JiffiesReader.Reading first) {
      this.reader = reader;
      this.tick = tick;
      this.baseJiffies = first.jiffies();
      this.baseNanos = first.nanos();
      this.errorNanos = tick;
      this.observed = first.jiffies();
      this.observedNanos = System.nanoTime();
      this.inTimeNanos = observedNanos;
    }

    void include(JiffiesReader.Reading reading) {
      observed = reading.jiffies();
      observedNanos = System.nanoTime();
      long begin = begin(reading);
      if (begin - baseNanos < 0) {
        baseNanos = begin;
      }
    }

    /** The earliest begin of the base jiffy that a reading allows for. */
    private long begin(JiffiesReader.Reading reading) {
      return reading.nanos() - width.since(reading.jiffies(), baseJiffies) * tick;
    }

    boolean confirm() {
      if (System.nanoTime() - observedNanos < CONFIRM_NANOS) {
        return true;
      }
      try {
        // A thread that is kept waiting while it reads is late as well.
        for (int i = 0; i < CONFIRM_READINGS; i++) {
          JiffiesReader.Reading reading = reader.read();
          long late = begin(reading) - baseNanos;
          include(reading);
          if (late <= tick + LATE_NANOS) {
            inTimeNanos = observedNanos;
            return true;
          }
        }
        // Measured anew at once, the clock would be as late as the machine is now.
        return observedNanos - inTimeNanos < lateFor.toNanos();
      } catch (IOException e) {
        log.warn("jiffies are no longer told by {}: {}", reader.name(), e.toString());
        return false;
      }
    }

    JiffiesMoment moment() {
      long nanos = 0;
      Instant wall = Instant.EPOCH;
      long narrowest = Long.MAX_VALUE;
      for (int i = 0; i < MOMENT_READINGS && narrowest > 20_000; i++) {
        long before = System.nanoTime();
        Instant between = Instant.now();
        long after = System.nanoTime();
        if (after - before < narrowest) {
          narrowest = after - before;
          wall = between;
          nanos = before + (after - before) / 2;
        }
      }
      long sinceBase = nanos - baseNanos;
      long ticks = Math.floorDiv(sinceBase, tick);
      return new JiffiesMoment(
          width,
          tick,
          width.wrap(baseJiffies + ticks),
          observed,
          sinceBase - ticks * tick,
          wall.getEpochSecond() * 1_000_000_000L + wall.getNano());
    }
  }
}
