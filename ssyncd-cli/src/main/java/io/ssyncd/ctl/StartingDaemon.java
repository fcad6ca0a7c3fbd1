package io.ssyncd.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Whether a daemon has just been started on this host and may not listen yet: scripts start it and
 * talk to it at once. One that runs for longer and does not listen is another's.
 */
final class StartingDaemon {
  /** For so long a start counts as one. */
  static final Duration MOST = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final String MAIN = "io.ssyncd.daemon.Main";

  /** Of {@code /proc/PID/stat}: when the process began, the 20th field after the name. */
  private static final int BEGAN = 19;

  /** USER_HZ, the unit of times in /proc on every architecture that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private final long until = System.nanoTime() + MOST.toNanos();

  /** Waits a moment if there is one and its time is not over; false if there is none. */
  boolean awaited() {
    if (System.nanoTime() - until >= 0 || !isAny()) {
      return false;
    }
    try {
      Thread.sleep(POLL.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isAny() {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      double uptime =
          Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
      for (Path process : processes) {
        if (isStarting(process, uptime)) {
          return true;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return false; // without /proc nobody can tell
    }
    return false;
  }

  private static boolean isStarting(Path process, double uptime) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double age = uptime - Long.parseLong(fields[BEGAN]) / TICKS_PER_SECOND;
      if (age > MOST.toSeconds()) {
        return false;
      }
      String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return line.contains("\0" + MAIN + "\0") || line.contains("/ssyncd\0");
    } catch (IOException | NumberFormatException e) {
      return false; // it has ended, or is somebody else's
    }
  }
}
