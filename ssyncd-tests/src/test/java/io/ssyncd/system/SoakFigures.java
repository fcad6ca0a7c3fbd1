package io.ssyncd.system;

import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each daemon takes of its host, once a minute, and whether that grows.
 *
 * <p>Safe for threads: samples are taken beside the thread that strikes, as a tool of the JVM takes
 * its time.
 */
final class SoakFigures {
  private static final Logger log = LoggerFactory.getLogger(SoakFigures.class);
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");

  /** Fewer samples than these in a third of the run say nothing about growth. */
  private static final int LEAST = 3;

  private static final double TOLERANCE = 1.2;

  /**
   * One member at one time.
   *
   * @param seconds since the start
   * @param pid its process
   * @param leads then a collection of the heap is not asked for, which would cost leadership
   * @param sessions in its table
   * @param heapMb used; right after a full collection unless it leads
   * @param residentMb VmRSS
   * @param threads of the process
   * @param files open descriptors
   * @param diskMb its data directory
   */
  record Sample(
      long seconds,
      String member,
      long pid,
      boolean leads,
      int sessions,
      double heapMb,
      double residentMb,
      int threads,
      int files,
      double diskMb) {
    @Override
    public String toString() {
      return "%5d  %-4s %7d  %-8s %8d  %7.1f  %8.1f  %7d  %5d  %7.1f"
          .formatted(
              seconds,
              member,
              pid,
              leads ? "leader" : "follower",
              sessions,
              heapMb,
              residentMb,
              threads,
              files,
              diskMb);
    }
  }

  private final List<Sample> samples = new ArrayList<>();

  /** Takes a sample of a process; one that ends meanwhile gives none. */
  void sample(Member member, long pid, long seconds, boolean leads, int sessions) {
    try {
      if (!leads) {
        Command.run(List.of("jcmd", Long.toString(pid), "GC.run")).ok();
      }
      Path proc = Path.of("/proc/" + pid);
      Sample sample =
          new Sample(
              seconds,
              member.name(),
              pid,
              leads,
              sessions,
              heapMb(pid),
              status(proc, "VmRSS:") / 1024.0,
              (int) status(proc, "Threads:"),
              entries(proc.resolve("fd")),
              sizeMb(member.data()));
      log.info("{}", sample);
      synchronized (this) {
        samples.add(sample);
      }
    } catch (IOException | UncheckedIOException | AssertionError ended) {
      log.info("no sample of {}: {}", member.name(), ended.toString());
    }
  }

  private static double heapMb(long pid) {
    String info = Command.run(List.of("jcmd", Long.toString(pid), "GC.heap_info")).ok().out();
    Matcher used = HEAP_USED.matcher(info);
    if (!used.find()) {
      throw new AssertionError("no heap in " + info);
    }
    return Long.parseLong(used.group(1)) / 1024.0;
  }

  private static long status(Path proc, String field) throws IOException {
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(proc + "/status has no " + field);
  }

  private static int entries(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return (int) all.count();
    }
  }

  /** Files that are deleted meanwhile count as nothing. */
  private static double sizeMb(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.mapToLong(file -> file.toFile().length()).sum() / 1024.0 / 1024;
    }
  }

  /** All samples as a table. */
  synchronized String table() {
    StringBuilder table =
        new StringBuilder(
            "    s  who      pid  role     sessions  heap MB  resid MB  threads  files  disk MB\n");
    samples.forEach(sample -> table.append(sample).append('\n'));
    return table.toString();
  }

  /**
   * What grew: the mean of the last third of the time is more than a fifth, and more than {@code
   * slack} as well, above that of the second third; the first is for warming up.
   *
   * @param seconds how long it went
   * @return empty if nothing did
   */
  synchronized List<String> growth(String member, long seconds) {
    List<String> grown = new ArrayList<>();
    grew(grown, member + " heap MB", of(member, true), Sample::heapMb, 20, seconds);
    grew(grown, member + " resident MB", of(member, false), Sample::residentMb, 40, seconds);
    grew(grown, member + " threads", of(member, false), Sample::threads, 5, seconds);
    grew(grown, member + " files", of(member, false), Sample::files, 8, seconds);
    grew(grown, member + " disk MB", of(member, false), Sample::diskMb, 64, seconds);
    return grown;
  }

  private List<Sample> of(String member, boolean collected) {
    return samples.stream()
        .filter(sample -> sample.member.equals(member) && !(collected && sample.leads))
        .toList();
  }

  private static void grew(
      List<String> grown,
      String what,
      List<Sample> of,
      ToDoubleFunction<Sample> figure,
      double slack,
      long seconds) {
    OptionalDouble before = mean(of, figure, seconds / 3, seconds * 2 / 3);
    OptionalDouble after = mean(of, figure, seconds * 2 / 3, Long.MAX_VALUE);
    if (before.isEmpty() || after.isEmpty()) {
      log.info("{}: too few samples to judge", what);
      return;
    }
    double allowed = Math.max(before.getAsDouble() * TOLERANCE, before.getAsDouble() + slack);
    String said = "%s: %.1f, then %.1f".formatted(what, before.getAsDouble(), after.getAsDouble());
    log.info("{}", said);
    if (after.getAsDouble() > allowed) {
      grown.add(said);
    }
  }

  private static OptionalDouble mean(
      List<Sample> of, ToDoubleFunction<Sample> figure, long from, long until) {
    List<Sample> then = of.stream().filter(s -> s.seconds >= from && s.seconds < until).toList();
    return then.size() < LEAST
        ? OptionalDouble.empty()
        : then.stream().mapToDouble(figure).average();
  }
}
