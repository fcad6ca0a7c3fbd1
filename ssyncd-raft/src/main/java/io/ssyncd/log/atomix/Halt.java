package io.ssyncd.log.atomix;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The emergency stop of one member. Atomix logs an exception of the state machine and goes on as if
 * the call had returned: a failed backup becomes an empty snapshot that replaces the table on every
 * member, a failed apply lets one member's table differ. So the first failure stops the member for
 * good, and an {@link Error}, which Atomix does not catch, leaves the call.
 */
final class Halt {
  private static final Logger log = LoggerFactory.getLogger(Halt.class);

  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
  private final Consumer<String> onHalt;

  /**
   * @param onHalt told the reason, once, on a thread of its own
   */
  Halt(Consumer<String> onHalt) {
    this.onHalt = onHalt;
  }

  /** Thrown through Atomix' code; it carries no state. */
  static final class HaltedError extends Error {
    private static final long serialVersionUID = 1L;

    HaltedError(String message) {
      super(message, null, false, false);
    }
  }

  /** Why the member halted; null if it did not. */
  @Nullable String reason() {
    return reason.get();
  }

  /**
   * Refuses to go on after a halt.
   *
   * @throws HaltedError if the member has halted
   */
  void check() {
    String why = reason.get();
    if (why != null) {
      throw new HaltedError(why);
    }
  }

  /**
   * Halts the member, unless it already has.
   *
   * @return what the caller must throw
   */
  HaltedError now(String why, Throwable cause) {
    if (reason.compareAndSet(null, why)) {
      log.error("halting: {}", why, cause);
      Thread teller = new Thread(() -> onHalt.accept(why), "ssyncd-log-halt");
      teller.setDaemon(true);
      teller.start();
    }
    return new HaltedError(why);
  }
}
