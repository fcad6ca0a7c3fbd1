package io.ssyncd.source.recent;

import io.ssyncd.log.RepeatedFailure;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the kernel's jiffies all the time, so that a write finds a clock that has been measured
 * for long. A machine that its host keeps waiting counts its ticks late, and a clock measured in a
 * moment of that was seen to be 22 ms off; the earliest reading of a minute is not. A reading takes
 * 0.3 ms: one in 0.25 s at first, then one in 5 s.
 */
public final class JiffiesWatch implements AutoCloseable {
  private static final long FIRST_MS = 250;
  private static final long LATER_MS = 5_000;
  private static final int FIRST_READINGS = 240;

  private static final Logger log = LoggerFactory.getLogger(JiffiesWatch.class);

  private final JiffiesClock clock;
  private final RepeatedFailure bugs = new RepeatedFailure();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Begins to look at this clock. */
  public JiffiesWatch(JiffiesClock clock) {
    this.clock = clock;
    Thread thread = new Thread(this::watch, "jiffies-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      int readings = 0;
      do {
        try {
          JiffiesMoment unused = clock.moment();
          readings++;
        } catch (IOException barred) {
          // Whoever needs the time is told why it cannot be had, and says so.
          readings = FIRST_READINGS;
        } catch (RuntimeException e) {
          // Nobody else would look after the clock.
          long times = bugs.toSay(System.nanoTime());
          if (times > 0) {
            log.error(
                "the jiffies were not read, by a bug, {} times since this was said", times, e);
          }
        }
      } while (!closed.await(
          readings < FIRST_READINGS ? FIRST_MS : LATER_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks no more; a look under way comes to its end, for an interrupted one would complain. */
  @Override
  public void close() {
    closed.countDown();
  }
}
