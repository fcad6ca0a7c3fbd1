package io.ssyncd.source.pound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The identity of a process: a pid is used again, a pid with its start time is not.
 *
 * @param pid its pid as this process sees it
 * @param startTicks when it started, in clock ticks since boot: field 22 of {@code /proc/PID/stat}
 */
public record PeerProcess(long pid, long startTicks) {
  /** {@code USER_HZ}: what {@code /proc} counts in, 100 on every architecture this runs on. */
  private static final long TICKS_PER_SECOND = 100;

  /** A worker, its monitor, and no more: bounds the walk up. */
  private static final int MAX_ANCESTORS = 8;

  private static final Path PROC = Path.of("/proc");

  /**
   * The process that has this pid now.
   *
   * @return empty if there is none, or none that still runs
   */
  static Optional<PeerProcess> running(long pid) {
    return Stat.of(pid).filter(Stat::runs).map(stat -> new PeerProcess(pid, stat.startTicks()));
  }

  /**
   * When this process read its configuration: a Pound worker is forked by a monitor that had read
   * the file long before, and a killed worker's successor gets what the monitor knows, not what is
   * in the file. So the start of the eldest ancestor with the same name and command line counts.
   *
   * @return wall-clock milliseconds, right to some hundredths of a second; empty if the process is
   *     gone
   */
  Optional<Long> configuredAtMs() {
    Optional<Stat> own = Stat.of(pid).filter(stat -> stat.startTicks() == startTicks);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Stat eldest = own.get();
    for (int i = 0; i < MAX_ANCESTORS; i++) {
      Optional<Stat> parent = Stat.of(eldest.parent()).filter(eldest::forkedBy);
      if (parent.isEmpty()) {
        break;
      }
      eldest = parent.get();
    }
    long ticks = eldest.startTicks();
    return bootMs().map(boot -> boot + ticks * (1000 / TICKS_PER_SECOND));
  }

  /** When this host was booted, by today's clock. */
  private static Optional<Long> bootMs() {
    try {
      String uptime = Files.readString(PROC.resolve("uptime"), StandardCharsets.US_ASCII);
      double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
      return Optional.of(System.currentTimeMillis() - Math.round(seconds * 1000));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** What is of interest in {@code /proc/PID/stat}. */
  private record Stat(long pid, String name, char state, long parent, long startTicks) {
    static Optional<Stat> of(long pid) {
      if (pid <= 0) {
        return Optional.empty();
      }
      try {
        // The name stands in brackets and may itself have brackets and blanks: the last one closes.
        String line = Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1);
        int close = line.lastIndexOf(')');
        String name = line.substring(line.indexOf('(') + 1, close);
        String[] rest = line.substring(close + 2).split(" ", 22);
        return Optional.of(
            new Stat(
                pid, name, rest[0].charAt(0), Long.parseLong(rest[1]), Long.parseLong(rest[19])));
      } catch (IOException | RuntimeException e) {
        return Optional.empty(); // gone, or not ours to see: nothing can be said of it
      }
    }

    boolean runs() {
      return state != 'Z' && state != 'X';
    }

    /** Whether {@code other} is a process that this one was forked from, without an exec since. */
    boolean forkedBy(Stat other) {
      return name.equals(other.name) && Arrays.equals(commandLine(pid), commandLine(other.pid));
    }

    private static byte[] commandLine(long pid) {
      try {
        return Files.readAllBytes(file(pid, "cmdline"));
      } catch (IOException e) {
        return new byte[0];
      }
    }

    private static Path file(long pid, String name) {
      return PROC.resolve(Long.toString(pid)).resolve(name);
    }
  }
}
