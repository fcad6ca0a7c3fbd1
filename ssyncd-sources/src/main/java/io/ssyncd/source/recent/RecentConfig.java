package io.ssyncd.source.recent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which kernel tables there are, and how they are read and written. A value object.
 *
 * @param procDir the folder of the tables
 * @param tables globs of the tables that are kept in the cluster; others are left alone
 * @param interval between two looks at a table that is cheap to read and does not change, 10 ms to
 *     1 min
 * @param policies what is known of tables; the first whose glob fits holds
 * @param scratchTable a table of our own that tells the jiffies where timer_list cannot be read; a
 *     rule has to name it, and it is never kept in the cluster
 * @param timerList the kernel's list of timers, which tells the jiffies
 * @param moduleDir the folder of the module's version and parameters
 * @param conntrack how new clients are heard of before their tables' turn
 */
public record RecentConfig(
    Path procDir,
    List<String> tables,
    Duration interval,
    List<TablePolicy> policies,
    Optional<String> scratchTable,
    Path timerList,
    Path moduleDir,
    Conntrack conntrack) {
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  public RecentConfig {
    tables = List.copyOf(tables);
    policies = List.copyOf(policies);
    tables.forEach(Globs::compile);
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "an interval is 10 ms to 1 min, not " + interval.toMillis() + " ms");
    }
  }

  /** This host's tables, every 200 ms; nothing is known of them. */
  public static RecentConfig defaults() {
    return new RecentConfig(
        Path.of("/proc/net/xt_recent"),
        List.of("*"),
        Duration.ofMillis(200),
        List.of(),
        Optional.empty(),
        Path.of("/proc/timer_list"),
        Path.of("/sys/module/xt_recent"),
        Conntrack.AUTO);
  }

  /** The same with another folder of tables. */
  public RecentConfig withProcDir(Path dir) {
    return new RecentConfig(
        dir, tables, interval, policies, scratchTable, timerList, moduleDir, conntrack);
  }

  /** The same with another choice of tables. */
  public RecentConfig withTables(List<String> globs) {
    return new RecentConfig(
        procDir, globs, interval, policies, scratchTable, timerList, moduleDir, conntrack);
  }

  /** The same with another interval. */
  public RecentConfig withInterval(Duration time) {
    return new RecentConfig(
        procDir, tables, time, policies, scratchTable, timerList, moduleDir, conntrack);
  }

  /** The same with other policies. */
  public RecentConfig withPolicies(List<TablePolicy> known) {
    return new RecentConfig(
        procDir, tables, interval, known, scratchTable, timerList, moduleDir, conntrack);
  }

  /** The same with a scratch table. */
  public RecentConfig withScratchTable(String table) {
    return new RecentConfig(
        procDir, tables, interval, policies, Optional.of(table), timerList, moduleDir, conntrack);
  }

  /** The same with another list of timers. */
  public RecentConfig withTimerList(Path file) {
    return new RecentConfig(
        procDir, tables, interval, policies, scratchTable, file, moduleDir, conntrack);
  }

  /** The same with another folder of the module. */
  public RecentConfig withModuleDir(Path dir) {
    return new RecentConfig(
        procDir, tables, interval, policies, scratchTable, timerList, dir, conntrack);
  }

  /** The same with another way to hear of new clients. */
  public RecentConfig withConntrack(Conntrack events) {
    return new RecentConfig(
        procDir, tables, interval, policies, scratchTable, timerList, moduleDir, events);
  }

  /** What is known of a table. */
  public TablePolicy policy(String table) {
    return policies.stream()
        .filter(policy -> new Globs(List.of(policy.tables())).match(table))
        .findFirst()
        .orElse(TablePolicy.NONE);
  }
}
