package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.disk.FreeSpace;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the free space again and again: warns when it gets low, and ends the member in good
 * order when it is gone, leadership handed on first. Atomix would go on leading and answer nobody.
 */
final class SpaceWatch implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(SpaceWatch.class);

  private final FreeSpace space;
  private final Runnable handOver;
  private final Halt halt;
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile Optional<String> low = Optional.empty();

  /**
   * @param handOver tries to make another member lead; may take seconds
   */
  SpaceWatch(FreeSpace space, Runnable handOver, Halt halt) {
    this.space = space;
    this.handOver = handOver;
    this.halt = halt;
  }

  /** What an operator should know while there is still time; empty for nothing. */
  Optional<String> low() {
    return low;
  }

  @Override
  public void run() {
    FreeSpace.Look look;
    try {
      look = space.look();
    } catch (IOException e) {
      log.warn("the free space below {} cannot be seen", space.directory(), e);
      return;
    }
    switch (look.state()) {
      case ENOUGH -> low = Optional.empty();
      case LOW -> {
        String text = space.text(look.bytes()) + ": below it this member stops";
        if (low.isEmpty()) {
          log.warn("{}", text);
        }
        low = Optional.of(text);
      }
      case GONE -> stop(space.text(look.bytes()));
    }
  }

  private void stop(String why) {
    if (!gone.compareAndSet(false, true)) {
      return;
    }
    low = Optional.of(why);
    log.error("{}: leadership is handed on, then this member stops", why);
    Thread stopper =
        new Thread(
            () -> {
              handOver.run();
              String text =
                  why
                      + "; this member has stopped before the log could not be written: make room,"
                      + " then start it again";
              halt.now(text, new IOException(why));
            },
            "ssyncd-log-space");
    stopper.setDaemon(true);
    stopper.start();
  }
}
