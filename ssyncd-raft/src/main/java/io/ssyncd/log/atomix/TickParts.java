package io.ssyncd.log.atomix;

import io.ssyncd.log.RepeatedFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server looks after many times a second, in parts that do not depend on each other: each
 * is run at every tick, whatever those before it threw. A part that fails is said the first time
 * and once a minute at most from then on, and counted each time. All on the server's thread.
 */
final class TickParts {
  private static final Logger log = LoggerFactory.getLogger(TickParts.class);

  private final LongAdder failed;
  private final List<Part> parts = new ArrayList<>();

  private record Part(String name, Runnable task, RepeatedFailure failures) {}

  /**
   * None yet.
   *
   * @param failed counts parts that failed
   */
  TickParts(LongAdder failed) {
    this.failed = failed;
  }

  /**
   * Adds a part, which is run after those before it.
   *
   * @param name of it, for the log
   */
  TickParts add(String name, Runnable task) {
    parts.add(new Part(name, task, new RepeatedFailure()));
    return this;
  }

  /** Runs them all. A member that has halted halts again, and that leaves this call. */
  void run() {
    for (Part part : parts) {
      try {
        part.task().run();
      } catch (Halt.HaltedError e) {
        throw e;
      } catch (RuntimeException | Error e) {
        // Whatever leaves a tick ends the ticking for good.
        failed.increment();
        long times = part.failures().toSay(System.nanoTime());
        if (times > 0) {
          log.error(
              "{} is not looked after, by a bug, {} times since this was said",
              part.name(),
              times,
              e);
        }
      }
    }
  }
}
