package io.ssyncd.source.recent;

import io.ssyncd.source.program.ProgramFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from {@code conntrack -E -e NEW} that new flows have come, of this network namespace alone:
 * a hint that tables may have changed, nothing more. What the tool prints is not understood, not
 * even read beyond 8 KB in 20 ms: it waits then, and loses events, which costs nobody anything, for
 * the tables are looked at all the same.
 *
 * <p>A tool that ends is started again after a second, and after up to a minute if it keeps ending:
 * it needs CAP_NET_ADMIN and the kernel's nf_conntrack_netlink. One that everybody on this host can
 * change is not run, see {@link ProgramFile}. One that outlives a daemon killed by force ends with
 * the next event, for nobody reads it. Thread-safe; nothing here waits but its own thread.
 */
final class ConntrackEvents {
  /** The most that is read at once. */
  static final int READ_BYTES = 8 * 1024;

  private static final long BETWEEN_READS_MS = 20;
  private static final long BACKOFF_MS = 1_000;
  private static final long BACKOFF_MOST_MS = 60_000;

  /** A tool that ran for so long had not come to fail. */
  private static final long GOOD_RUN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** One that says something after so long is more than a complaint. */
  private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long TO_END_MS = 1_000;
  private static final int LAST_WORDS = 200;
  private static final String CODE = "conntrack-failed";
  private static final Logger log = LoggerFactory.getLogger(ConntrackEvents.class);

  private final Conntrack config;
  private final SourceHealth health;
  private final AtomicLong hints = new AtomicLong();
  private final AtomicLong restarts = new AtomicLong();
  private boolean absenceTold;
  private @Nullable Run current;

  ConntrackEvents(Conntrack config, SourceHealth health) {
    this.config = config;
    this.health = health;
  }

  /**
   * Begins to hear.
   *
   * @param onHint called after each read, by a thread of this object's own
   */
  synchronized void start(Runnable onHint) {
    stop();
    Optional<Path> tool = config.tool();
    if (tool.isPresent()) {
      Run run = new Run(tool.get(), onHint);
      current = run;
      Thread thread = new Thread(run, "conntrack-events");
      thread.setDaemon(true);
      thread.start();
    } else if (config.wanted() && !absenceTold) {
      absenceTold = true;
      log.info("no conntrack tool is installed: new clients are seen when tables are polled");
    }
  }

  /** Hears nothing more: the tool is told to end. */
  synchronized void stop() {
    Run run = current;
    current = null;
    if (run != null) {
      run.stop();
    }
  }

  /** Whether the tool runs. */
  synchronized boolean running() {
    Run run = current;
    return run != null && run.alive();
  }

  /** How often it said something, since the start of this process. */
  long hints() {
    return hints.get();
  }

  /** How often it ended though nobody had told it to. */
  long restarts() {
    return restarts.get();
  }

  /** From a start to a stop. */
  private final class Run implements Runnable {
    private final Path tool;
    private final Runnable onHint;
    private final Semaphore stopped = new Semaphore(0);
    private @Nullable Process process;
    private boolean over;
    private String failure = "";

    Run(Path tool, Runnable onHint) {
      this.tool = tool;
      this.onHint = onHint;
    }

    synchronized boolean alive() {
      Process now = process;
      return now != null && now.isAlive();
    }

    synchronized void stop() {
      over = true;
      stopped.release();
      Process now = process;
      if (now != null) {
        now.destroy();
      }
    }

    private synchronized boolean begin(Process started) {
      process = started;
      return !over;
    }

    @Override
    public void run() {
      long pause = BACKOFF_MS;
      try {
        while (true) {
          long began = System.nanoTime();
          String end = once(began);
          if (isOver()) {
            return;
          }
          restarts.incrementAndGet();
          failed(end);
          pause = System.nanoTime() - began >= GOOD_RUN_NANOS ? BACKOFF_MS : pause;
          if (stopped.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
            return;
          }
          pause = Math.min(BACKOFF_MOST_MS, 2 * pause);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        health.clear(CODE);
      }
    }

    private synchronized boolean isOver() {
      return over;
    }

    /** One run of the tool; how it ended. */
    private String once(long began) throws InterruptedException {
      String objection = ProgramFile.objection(tool).orElse(null);
      if (objection != null) {
        return objection;
      }
      Process started;
      try {
        started =
            new ProcessBuilder(List.of(tool.toString(), "-E", "-e", "NEW"))
                .redirectErrorStream(true)
                .start();
        started.getOutputStream().close();
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
      try {
        return begin(started) ? hear(started, began) : "";
      } finally {
        end(started);
      }
    }

    private String hear(Process from, long began) throws InterruptedException {
      byte[] bytes = new byte[READ_BYTES];
      int last = 0;
      try (InputStream output = from.getInputStream()) {
        int count;
        while ((count = output.read(bytes)) > 0) {
          last = count;
          hints.incrementAndGet();
          if (System.nanoTime() - began > WELL_NANOS) {
            health.clear(CODE);
          }
          onHint.run();
          if (stopped.tryAcquire(BETWEEN_READS_MS, TimeUnit.MILLISECONDS)) {
            stopped.release();
            return "";
          }
        }
      } catch (IOException e) {
        return e.toString();
      }
      return lastWords(bytes, last);
    }

    private void failed(String end) {
      String text = tool + " does not run, so new clients are seen by polling: " + end;
      if (!text.equals(failure)) {
        failure = text;
        log.warn(text);
      }
      if (config.program().isPresent()) {
        health.warn(CODE, "", text);
      }
    }

    private void end(Process which) throws InterruptedException {
      which.destroy();
      if (!which.waitFor(TO_END_MS, TimeUnit.MILLISECONDS)) {
        which.destroyForcibly();
      }
    }
  }

  /** The last line, without what a terminal would take for a command. */
  private static String lastWords(byte[] bytes, int count) {
    String text = new String(bytes, 0, count, StandardCharsets.US_ASCII).strip();
    String line = text.substring(text.lastIndexOf('\n') + 1);
    return line.substring(Math.max(0, line.length() - LAST_WORDS)).replaceAll("[^ -~]", "?");
  }
}
