package io.ssyncd.log.atomix;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of something that has many parts, in order: each step is taken, whatever those before it
 * threw, so that one part that fails does not leave threads, ports and locks of the others behind.
 * Thread-safe.
 */
final class Ending {
  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final String what;
  private @Nullable Throwable first;

  /**
   * @param what ends, for the log
   */
  Ending(String what) {
    this.what = what;
  }

  /**
   * Takes a step; what it throws is kept for {@link #done}.
   *
   * @param part that it ends
   */
  Ending step(String part, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      failed(new IllegalStateException(part + " did not end in order: " + e, e));
    }
    return this;
  }

  private synchronized void failed(Throwable e) {
    if (first == null) {
      first = e;
    } else {
      first.addSuppressed(e);
    }
  }

  /**
   * Says what was thrown.
   *
   * @return the first of it, with the others suppressed; null if there was nothing
   */
  synchronized @Nullable Throwable done() {
    if (first != null) {
      log.error("{} did not end in order", what, first);
    }
    return first;
  }
}
