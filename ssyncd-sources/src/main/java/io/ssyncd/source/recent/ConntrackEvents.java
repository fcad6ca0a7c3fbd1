package io.ssyncd.source.recent;

import io.ssyncd.source.program.Kin;
import io.ssyncd.source.program.ProgramFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
 * change is not run, see {@link ProgramFile}. One that is told to end and does not is killed, and
 * with a tool that is over whatever it started, see {@link Kin}. One that outlives a daemon killed
 * by force ends with the next event, for nobody reads it. Thread-safe; nothing here waits but its
 * own threads.
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
    private @Nullable Tool current;
    private boolean over;
    private String failure = "";

    Run(Path tool, Runnable onHint) {
      this.tool = tool;
      this.onHint = onHint;
    }

    synchronized boolean alive() {
      Tool now = current;
      return now != null && now.process().isAlive();
    }

    synchronized void stop() {
      over = true;
      stopped.release();
      Tool now = current;
      if (now != null) {
        now.process().destroy();
        // The reader waits for a word of it, so it is not the one to see that nothing comes.
        CompletableFuture.delayedExecutor(TO_END_MS, TimeUnit.MILLISECONDS).execute(now::kill);
      }
    }

    private synchronized boolean begin(Tool started) {
      current = started;
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
      Tool started;
      try {
        started = Tool.start(tool);
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
      try {
        String words = begin(started) ? hear(started.process(), began) : "";
        return words.isEmpty() ? silence(started.process()) : words;
      } finally {
        started.end();
      }
    }

    private static String silence(Process from) throws InterruptedException {
      return from.waitFor(TO_END_MS, TimeUnit.MILLISECONDS)
          ? "it ended with exit code " + from.exitValue() + " and said nothing"
          : "it closed its output";
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
  }

  /** One start of the tool, and whatever that starts. */
  private record Tool(Process process, Kin kin) {
    static Tool start(Path program) throws IOException {
      Kin kin = new Kin();
      ProcessBuilder builder =
          new ProcessBuilder(List.of(program.toString(), "-E", "-e", "NEW"))
              .redirectErrorStream(true);
      Tool started = new Tool(kin.mark(builder).start(), kin);
      // A child of a wrapper keeps the pipe open, silently, and the reader waiting.
      CompletableFuture<Void> unused =
          started.process.onExit().thenAcceptAsync(ended -> started.tidyUp());
      started.process.getOutputStream().close();
      return started;
    }

    void end() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(TO_END_MS, TimeUnit.MILLISECONDS)) {
        kill();
      }
    }

    void kill() {
      say(kin.kill(process));
    }

    /** Its last words may not have been read yet. */
    void tidyUp() {
      say(kin.killRest());
    }

    private static void say(boolean allGone) {
      if (!allGone) {
        log.warn("a conntrack tool was killed, and something that it started still runs");
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
