package io.ssyncd.ctl;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Shows on a terminal that something long goes on, in one line beside the answer that is gone when
 * it is over. Shows nothing elsewhere, nor what is over within a second.
 */
final class Progress implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final String what;
  private final long beganNanos = System.nanoTime();
  private final Thread thread = new Thread(this::show, "progress");
  private volatile String detail = "";
  private boolean shown;

  /**
   * @param what goes on
   */
  Progress(PrintStream err, Terminal terminal, String what) {
    this.err = err;
    this.what = what;
    if (terminal.err() && terminal.moves()) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** How far it is. */
  void at(String how) {
    detail = how;
  }

  private void show() {
    try {
      Thread.sleep(PERIOD.toMillis());
      while (true) {
        Thread.sleep(PERIOD.toMillis());
        String age = Ages.of(Duration.ofNanos(System.nanoTime() - beganNanos));
        String text = what + ": " + (detail.isEmpty() ? "" : detail + ", ") + age;
        synchronized (this) {
          err.print(ERASE + Columns.fit(text, Columns.WIDTH - 1));
          err.flush();
          shown = true;
        }
      }
    } catch (InterruptedException e) {
      // It is over.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (shown) {
        err.print(ERASE);
        err.flush();
      }
    }
  }
}
