package io.ssyncd.daemon.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.ssyncd.log.AddressRange;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.AtomixTuning;
import io.ssyncd.log.tls.MemberName;
import io.ssyncd.log.tls.TlsFiles;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.NodeConfig.Gate;
import io.ssyncd.node.NodeConfig.Limits;
import io.ssyncd.node.NodeConfig.Promotion;
import io.ssyncd.node.Warning;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmConfigException;
import io.ssyncd.source.pound.Thinning;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.TablePolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
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

  private static final long LEAST_MIN_FREE_BYTES = 1024 * 1024;
  private static final long MOST_MIN_FREE_BYTES = 1L << 40;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final List<String> problems = new ArrayList<>();
  private final List<Warning> warnings = new ArrayList<>();
  private long minFree = AtomixTuning.DEFAULT_MIN_FREE_BYTES;

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
    Config written = parse(file);
    Config config = resolve(written, file);
    SettingsFile reader = new SettingsFile();
    Section root = Section.root(config.root(), written.root(), reader.problems);
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

  private static Config parse(Path file) throws SettingsException {
    try {
      if (Files.isDirectory(file)) {
        throw new SettingsException(List.of(file + ": is a directory, not a configuration file"));
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new SettingsException(List.of(file + ": has more than " + MAX_BYTES + " bytes"));
      }
      return ConfigFactory.parseFile(
          file.toFile(),
          ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false));
    } catch (NoSuchFileException e) {
      throw new SettingsException(
          List.of(file + ": does not exist; --config names the configuration file"));
    } catch (AccessDeniedException e) {
      throw new SettingsException(List.of(file + ": this user may not read it"));
    } catch (IOException e) {
      throw new SettingsException(List.of(file + ": cannot be read: " + e));
    } catch (ConfigException e) {
      throw unreadable(file, e);
    }
  }

  private static Config resolve(Config written, Path file) throws SettingsException {
    try {
      return written.resolve();
    } catch (ConfigException e) {
      throw unreadable(file, e);
    }
  }

  private static SettingsException unreadable(Path file, ConfigException e) {
    String where = e.origin() == null ? file.toString() : Section.place(e.origin());
    String what = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
    return new SettingsException(List.of(where + ": " + what));
  }

  private Settings settings(Section ssyncd) {
    String node = ssyncd.required("node");
    Path dataDir = ssyncd.path("data-dir", "/var/lib/ssyncd");
    Settings.Control control = control(ssyncd.section("control"));
    Settings.Http http = http(ssyncd.section("http"));
    Settings.Recent recent = recent(ssyncd.section("recent"));
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
    Optional<LogConfig> log = cluster(ssyncd.section("cluster"), ssyncd, node, dataDir);
    Promotion promotion = promotion(ssyncd.section("promotion"));
    Optional<InetSocketAddress> metrics = metrics(ssyncd.section("metrics"));
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
    }
    NodeConfig nodeConfig =
        new NodeConfig(
            dataDir, logConfig, feeds(http, recent), promotion, limits, digestEvery, List.of());
    return new Settings(nodeConfig, minFree, control, http, recent, metrics, warnings);
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

  private static List<Feed> feeds(Settings.Http http, Settings.Recent recent) {
    List<Feed> feeds = new ArrayList<>();
    http.farms().keySet().forEach(farm -> feeds.add(Feed.farm(farm)));
    if (recent.enabled()) {
      feeds.add(Feed.RECENT);
    }
    return feeds;
  }

  private Settings.Control control(Section control) {
    Path socket = control.path("socket", "/run/ssyncd/ssyncd.sock");
    String mode = control.string("mode", "0660");
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    if (mode.matches("0?[0-7]{3}")) {
      int bits = Integer.parseInt(mode, 8);
      // The constants are declared from owner-read (0400) down to others-execute (0001).
      for (PosixFilePermission permission : PosixFilePermission.values()) {
        if ((bits & (0400 >> permission.ordinal())) != 0) {
          permissions.add(permission);
        }
      }
    } else {
      control.wrong("mode", "is three octal digits such as \"0660\", not \"" + mode + "\"");
    }
    Optional<String> group = control.string("group");
    control.end();
    return new Settings.Control(socket, permissions, group);
  }

  private Settings.Http http(Section http) {
    Path socketDir = http.path("socket-dir", "/tmp");
    String pattern = http.string("config-pattern", "/etc/pound/%s.cfg");
    if (!pattern.contains("%s") || pattern.replace("%s", "").contains("%")) {
      http.wrong("config-pattern", "is a path with one %s for the farm's name, not " + pattern);
    }
    SortedMap<String, Optional<Path>> farms = new TreeMap<>();
    Section named = http.section("farms");
    for (String farm : named.names()) {
      try {
        Scope.farm(farm);
      } catch (IllegalArgumentException e) {
        named.wrong(farm, "is no farm: " + e.getMessage());
        continue;
      }
      Section section = named.section(farm);
      farms.put(
          farm, section.has("config") ? Optional.of(section.path("config", "")) : Optional.empty());
      section.end();
    }
    Optional<String> user = http.string("user");
    Duration hold =
        http.duration("delete-hold", Duration.ofSeconds(60), Duration.ZERO, Duration.ofHours(1));
    Duration quiet =
        http.duration(
            "dump-quiet", Duration.ofMillis(500), Duration.ofMillis(50), Duration.ofMinutes(1));
    Thinning thinning = thinning(http.section("thinning"));
    http.has("max-sessions");
    http.end();
    return new Settings.Http(socketDir, farms, pattern, user, hold, quiet, thinning);
  }

  private static Thinning thinning(Section thinning) {
    Thinning fallback = Thinning.DEFAULT;
    Duration least =
        thinning.duration("least", fallback.least(), Duration.ofSeconds(1), Duration.ofHours(1));
    int fraction = thinning.integer("fraction", fallback.fraction(), 2, 1_000);
    thinning.end();
    return new Thinning(least, fraction, fallback.unknownTtl());
  }

  private Settings.Recent recent(Section recent) {
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
    recent.has("max-entries");
    recent.end();
    return new Settings.Recent(enabled, tables);
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

  private Optional<LogConfig> cluster(Section cluster, Section ssyncd, String node, Path dataDir) {
    String name = cluster.string("name", "ssyncd");
    SortedMap<String, LogConfig.MemberAddress> members = members(cluster);
    Duration election =
        cluster.duration(
            "election-timeout",
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMinutes(1));
    Duration heartbeat =
        cluster.duration(
            "heartbeat", Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(20));
    if (heartbeat.multipliedBy(2).compareTo(election) > 0) {
      cluster.wrong(
          "heartbeat", "is at most half of the election-timeout, or followers lose heart");
    }
    Durability durability = cluster.word("durability", Durability.FSYNC, Durability.class);
    minFree = cluster.bytes("min-free", minFree, LEAST_MIN_FREE_BYTES, MOST_MIN_FREE_BYTES);
    List<AddressRange> allow = allow(cluster);
    cluster.has("digest-interval");
    Optional<MemberName> self =
        isName(name) && members.containsKey(node)
            ? Optional.of(new MemberName(name, node))
            : Optional.empty();
    Optional<TlsFiles> tls = new TransportRules(warnings).check(cluster, members, self);
    if (!isName(name)) {
      cluster.wrong("name", "is letters, digits, dots and hyphens, not \"" + name + "\"");
    }
    cluster.end();
    if (!node.isEmpty() && !members.isEmpty() && !members.containsKey(node)) {
      ssyncd.wrong("node", "is none of cluster.members: " + members.keySet());
    }
    if (!members.containsKey(node)) {
      return Optional.empty();
    }
    LogConfig plain =
        new LogConfig(node, dataDir.resolve("log"), name, members, election, heartbeat, durability)
            .withAllow(allow);
    return Optional.of(tls.map(plain::withTls).orElse(plain));
  }

  private static List<AddressRange> allow(Section cluster) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String range : cluster.strings("allow", List.of())) {
      try {
        ranges.add(AddressRange.parse(range));
      } catch (IllegalArgumentException e) {
        cluster.wrong("allow", "is a list of CIDR ranges such as 10.0.0.0/24; " + e.getMessage());
      }
    }
    return ranges;
  }

  private SortedMap<String, LogConfig.MemberAddress> members(Section cluster) {
    SortedMap<String, LogConfig.MemberAddress> members = new TreeMap<>();
    if (!cluster.has("members")) {
      cluster.required("members");
      return members;
    }
    Section named = cluster.section("members");
    for (String name : named.names()) {
      if (!isName(name)) {
        named.wrong(name, "is no member name: letters, digits, dots and hyphens, up to 63");
        continue;
      }
      Section member = named.section(name);
      String address = member.required("address");
      boolean witness = member.bool("witness", false);
      member.end();
      HostPort.parse(address, 1)
          .ifPresentOrElse(
              at -> members.put(name, new LogConfig.MemberAddress(at.host(), at.port(), witness)),
              () -> {
                if (!address.isEmpty()) {
                  member.wrong("address", HostPort.EXPECTED + ", not \"" + address + "\"");
                }
              });
    }
    if (members.size() > LogConfig.MAX_MEMBERS) {
      cluster.wrong("members", "are more than " + LogConfig.MAX_MEMBERS);
      members.clear();
    }
    apart(named, members);
    if (!members.isEmpty() && members.values().stream().allMatch(m -> m.witness())) {
      cluster.wrong("members", "are all witnesses: nobody would keep sessions");
    }
    return members;
  }

  private static void apart(Section named, SortedMap<String, LogConfig.MemberAddress> members) {
    Map<String, String> taken = new HashMap<>();
    members.forEach(
        (name, at) -> {
          String other = taken.putIfAbsent(at.text(), name);
          if (other != null) {
            named
                .section(name)
                .wrong("address", "is " + at.text() + ", which is the address of " + other);
          }
        });
  }

  private Promotion promotion(Section promotion) {
    List<Kind> write = new ArrayList<>();
    for (String word : promotion.strings("write", List.of("http", "recent"))) {
      Optional<Kind> kind =
          java.util.Arrays.stream(Kind.values()).filter(k -> k.word().equals(word)).findFirst();
      kind.ifPresentOrElse(
          write::add,
          () -> promotion.wrong("write", "names http and recent, not \"" + word + "\""));
    }
    List<InetAddress> vip = new ArrayList<>();
    for (String address : promotion.strings("vip", List.of())) {
      try {
        if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]+")) {
          throw new UnknownHostException(address);
        }
        vip.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        promotion.wrong("vip", "is a list of addresses; \"" + address + "\" is none");
      }
    }
    Optional<Path> trackFile =
        promotion.has("track-file")
            ? Optional.of(promotion.path("track-file", ""))
            : Optional.empty();
    Duration deadline =
        promotion.duration(
            "deadline", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1));
    Gate gate = promotion.word("gate", Gate.PRIORITY, Gate.class);
    promotion.end();
    return new Promotion(write, vip, trackFile, deadline, gate);
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
