package io.ssyncd.daemon.settings;

import io.ssyncd.source.recent.Conntrack;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.TablePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code recent}: the kernel's xt_recent tables. */
final class RecentSection {
  private RecentSection() {}

  static Settings.Recent read(Section recent) {
    RecentConfig fallback = RecentConfig.defaults();
    boolean enabled = recent.bool("enabled", false);
    RecentConfig tables =
        fallback
            .withProcDir(recent.path("proc-dir", fallback.procDir().toString()))
            .withInterval(
                recent.duration(
                    "interval", fallback.interval(), Duration.ofMillis(10), Duration.ofMinutes(1)));
    try {
      tables = tables.withTables(recent.strings("tables", fallback.tables()));
    } catch (IllegalArgumentException e) {
      recent.wrong("tables", "is a list of globs: " + e.getMessage());
    }
    Optional<String> scratch = recent.string("scratch-table");
    if (scratch.isPresent()) {
      tables = tables.withScratchTable(scratch.get());
    }
    tables = tables.withPolicies(policies(recent.section("policies")));
    tables = tables.withConntrack(conntrack(recent));
    recent.has("max-entries");
    MaterialiseWord materialise = MaterialiseWord.read(recent);
    Duration pause =
        recent.duration(
            "materialise-interval",
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofHours(1));
    recent.end();
    return new Settings.Recent(enabled, tables, materialise == MaterialiseWord.CONTINUOUS, pause);
  }

  private static Conntrack conntrack(Section recent) {
    String word = recent.string("conntrack", "auto");
    switch (word) {
      case "auto":
        return Conntrack.AUTO;
      case "off":
        return Conntrack.OFF;
      default:
        Path tool = recent.path("conntrack", word);
        if (!tool.isAbsolute()) {
          recent.wrong("conntrack", "is auto, off, or the tool's absolute path, not " + word);
        }
        return Conntrack.by(tool);
    }
  }

  private static List<TablePolicy> policies(Section named) {
    List<TablePolicy> policies = new ArrayList<>();
    for (String glob : named.names()) {
      Section policy = named.section(glob);
      Optional<Duration> seconds =
          policy.has("seconds")
              ? Optional.of(Duration.ofSeconds(policy.integer("seconds", 60, 1, Integer.MAX_VALUE)))
              : Optional.empty();
      TablePolicy.Hits hits =
          policy.word("hits", TablePolicy.Hits.PRESENCE, TablePolicy.Hits.class);
      policy.end();
      try {
        policies.add(new TablePolicy(glob, seconds, hits));
      } catch (IllegalArgumentException e) {
        named.wrong(glob, "is no glob of tables: " + e.getMessage());
      }
    }
    return policies;
  }
}
