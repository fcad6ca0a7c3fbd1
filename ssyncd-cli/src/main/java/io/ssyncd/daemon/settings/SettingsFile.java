package io.ssyncd.daemon.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import io.ssyncd.daemon.hooks.HookConfig;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.NodeConfig.Limits;
import io.ssyncd.node.NodeConfig.Promotion;
import io.ssyncd.node.Warning;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmConfigException;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.source.program.ProgramFile;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the daemon's configuration: HOCON, one root {@code ssyncd}, unknown keys are errors. Every
 * key but {@code node}, {@code cluster.members} and {@code cluster.tls} has a default.
 */
public final class SettingsFile {
  /** The largest configuration file, in bytes. */
  public static final int MAX_BYTES = 1024 * 1024;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final List<String> problems = new ArrayList<>();
  private final List<Warning> warnings = new ArrayList<>();

  private SettingsFile() {}

  /** Whether a cluster or a member may be called so. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Reads a file.
   *
   * @throws SettingsException if it cannot be read or says something that cannot be; names every
   *     problem with file, line and key
   */
  public static Settings read(Path file) throws SettingsException {
    return read(ConfigSource.parse(file), file);
  }

  /**
   * Reads what somebody put together instead of a file.
   *
   * @param origin what to call it where a problem is named
   * @throws SettingsException as {@link #read(Path)}
   */
  public static Settings parse(String text, String origin) throws SettingsException {
    return read(ConfigSource.parse(text, origin), Path.of(origin));
  }

  private static Settings read(Config written, Path file) throws SettingsException {
    Config config = ConfigSource.resolve(written, file);
    SettingsFile reader = new SettingsFile();
    Section root =
        Section.root(config.root(), written.root(), reader.problems, AskedKeys.NOT_NOTED);
    Section ssyncd = root.section("ssyncd");
    if (!ssyncd.present() && reader.problems.isEmpty()) {
      throw new SettingsException(List.of(file + ": ssyncd is missing: ssyncd { node = ... }"));
    }
    Settings settings = reader.settings(ssyncd);
    root.end();
    if (!reader.problems.isEmpty()) {
      throw new SettingsException(reader.problems);
    }
    return settings;
  }

  /** Reads a file for what it is asked for alone; what is wrong with it is of no interest. */
  static void look(ConfigObject file, AskedKeys asked) {
    SettingsFile reader = new SettingsFile();
    Settings unused =
        reader.settings(Section.root(file, file, reader.problems, asked).section("ssyncd"));
  }

  private Settings settings(Section ssyncd) {
    String node = ssyncd.required("node");
    Path dataDir = ssyncd.path("data-dir", "/var/lib/ssyncd");
    Settings.Control control = ControlSection.read(ssyncd.section("control"));
    Settings.Http http = HttpSection.read(ssyncd.section("http"));
    Settings.Recent recent = RecentSection.read(ssyncd.section("recent"));
    Limits limits =
        new Limits(
            ssyncd.section("http").integer("max-sessions", 2_000_000, 1, 50_000_000),
            ssyncd.section("recent").integer("max-entries", 1_000_000, 1, 50_000_000));
    Duration digestEvery =
        ssyncd
            .section("cluster")
            .duration(
                "digest-interval",
                NodeConfig.DIGEST_EVERY,
                Duration.ofSeconds(1),
                Duration.ofDays(1));
    Duration clockLimit =
        ssyncd
            .section("cluster")
            .duration(
                "clock-limit", NodeConfig.CLOCK_LIMIT, Duration.ofMillis(1), Duration.ofHours(1));
    ClusterSection cluster = new ClusterSection(warnings);
    Optional<LogConfig> log = cluster.read(ssyncd.section("cluster"), ssyncd, node, dataDir);
    Promotion promotion = PromotionSection.read(ssyncd.section("promotion"));
    Section follower = ssyncd.section("follower");
    int cpuPercent = follower.integer("cpu-percent", 10, 1, 100);
    follower.end();
    HookConfig hooks = HooksSection.read(ssyncd.section("hooks"));
    Optional<InetSocketAddress> metrics = metrics(ssyncd.section("metrics"));
    Settings.Legacy legacy =
        LegacySection.read(
            ssyncd.section("legacy"), ssyncd.section("control"), log.orElse(null), warnings);
    ssyncd.end();
    LogConfig logConfig = log.orElse(null);
    if (logConfig == null) {
      // A problem was noted: what is returned here is never used.
      SortedMap<String, LogConfig.MemberAddress> self = new TreeMap<>();
      self.put(node, new LogConfig.MemberAddress("127.0.0.1", 1, false));
      logConfig =
          new LogConfig(node, dataDir, "", self, Duration.ZERO, Duration.ZERO, Durability.OS);
    }
    if (!logConfig.self().witness()) {
      http.farms().forEach((farm, config) -> config.ifPresent(path -> lookAt(farm, path)));
      http.tools().forEach(this::lookAt);
      recent.tables().conntrack().program().ifPresent(this::lookAtConntrack);
    }
    NodeConfig nodeConfig =
        new NodeConfig(
            dataDir,
            logConfig,
            feeds(http, recent),
            promotion,
            limits,
            digestEvery,
            materialise(http, recent, cpuPercent),
            clockLimit,
            List.of());
    return new Settings(
        nodeConfig, cluster.minFree(), control, http, recent, hooks, metrics, legacy, warnings);
  }

  /** No errors, for a farm may come after the daemon; but a slip should not show at a failover. */
  private void lookAt(String farm, Path config) {
    if (!Files.exists(config)) {
      warnings.add(
          new Warning(
              "no-configuration",
              String.format(
                  "http.farms.%s.config %s does not exist: until it does, the farm's sessions are"
                      + " collected here, but never written",
                  farm, config)));
      return;
    }
    try {
      FarmConfig.read(config, farm);
    } catch (FarmConfigException e) {
      warnings.add(new Warning("configuration-error", String.valueOf(e.getMessage())));
    }
  }

  private void lookAtConntrack(Path tool) {
    ProgramFile.objection(tool)
        .ifPresent(
            why ->
                warnings.add(
                    new Warning(
                        "conntrack-failed",
                        "recent.conntrack: "
                            + why
                            + ": new clients are seen when tables are polled")));
  }

  private void lookAt(String farm, PoundctlTool tool) {
    ProgramFile.objection(tool.program())
        .ifPresent(
            why ->
                warnings.add(
                    new Warning(
                        "poundctl-failed",
                        "http.farms.%s.poundctl.program cannot be: %s; until it can, writes are read back by a dump alone"
                            .formatted(farm, why))));
  }

  private static NodeConfig.Materialise materialise(
      Settings.Http http, Settings.Recent recent, int cpuPercent) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    if (http.materialise().farms()) {
      kinds.add(Kind.HTTP);
    }
    if (recent.continuous()) {
      kinds.add(Kind.RECENT);
    }
    Map<Feed, Boolean> exceptions = new TreeMap<>();
    http.materialise().exceptions().forEach((farm, is) -> exceptions.put(Feed.farm(farm), is));
    return new NodeConfig.Materialise(
        kinds,
        exceptions,
        Map.of(Kind.HTTP, http.materialise().pause(), Kind.RECENT, recent.pause()),
        cpuPercent);
  }

  private static List<Feed> feeds(Settings.Http http, Settings.Recent recent) {
    List<Feed> feeds = new ArrayList<>();
    http.farms().keySet().forEach(farm -> feeds.add(Feed.farm(farm)));
    if (recent.enabled()) {
      feeds.add(Feed.RECENT);
    }
    return feeds;
  }

  private Optional<InetSocketAddress> metrics(Section metrics) {
    String listen = metrics.string("listen", "127.0.0.1:7780");
    metrics.end();
    if (listen.equals("off")) {
      return Optional.empty();
    }
    Optional<HostPort> at = HostPort.parse(listen, 0);
    if (at.isEmpty()) {
      metrics.wrong("listen", HostPort.EXPECTED + " or off, not \"" + listen + "\"");
    }
    return at.map(a -> new InetSocketAddress(a.host(), a.port()));
  }
}
