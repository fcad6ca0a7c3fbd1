package io.ssyncd.daemon.settings;

import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.Adopt;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.source.pound.Thinning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code http}: the Pounds of this host and their farms. */
final class HttpSection {
  private HttpSection() {}

  static Settings.Http read(Section http) {
    Path socketDir = http.path("socket-dir", "/tmp");
    String pattern = http.string("config-pattern", "/etc/pound/%s.cfg");
    if (!pattern.contains("%s") || pattern.replace("%s", "").contains("%")) {
      http.wrong("config-pattern", "is a path with one %s for the farm's name, not " + pattern);
    }
    SortedMap<String, Optional<Path>> farms = new TreeMap<>();
    SortedMap<String, PoundctlTool> tools = new TreeMap<>();
    SortedMap<String, Boolean> materialised = new TreeMap<>();
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
      Section tool = section.section("poundctl");
      if (tool.present()) {
        tools.put(farm, tool(tool));
      }
      if (section.has("materialise")) {
        materialised.put(farm, MaterialiseWord.read(section) == MaterialiseWord.CONTINUOUS);
      }
      section.end();
    }
    boolean continuous = MaterialiseWord.read(http) == MaterialiseWord.CONTINUOUS;
    Duration pause =
        http.duration(
            "materialise-interval",
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofHours(1));
    Optional<String> user = http.string("user");
    Duration hold =
        http.duration("delete-hold", Duration.ofSeconds(60), Duration.ZERO, Duration.ofHours(1));
    Duration quiet =
        http.duration(
            "dump-quiet", Duration.ofMillis(500), Duration.ofMillis(50), Duration.ofMinutes(1));
    Thinning thinning = thinning(http.section("thinning"));
    Adopt adopt = http.word("adopt", Adopt.NEWER, Adopt.class);
    http.has("max-sessions");
    http.end();
    return new Settings.Http(
        socketDir,
        farms,
        tools,
        pattern,
        user,
        hold,
        quiet,
        thinning,
        adopt,
        new Settings.HttpMaterialise(continuous, materialised, pause));
  }

  private static PoundctlTool tool(Section poundctl) {
    PoundctlTool tool =
        new PoundctlTool(
            absolute(poundctl, "program"),
            absolute(poundctl, "socket"),
            poundctl.duration(
                "timeout",
                PoundctlTool.DEFAULT_TIMEOUT,
                Duration.ofMillis(100),
                Duration.ofMinutes(5)));
    poundctl.end();
    return tool;
  }

  /** It is run, and reached, from wherever the daemon was started. */
  private static Path absolute(Section poundctl, String key) {
    String text = poundctl.required(key);
    Path path = poundctl.path(key, "/");
    if (!text.isEmpty() && !path.isAbsolute()) {
      poundctl.wrong(key, "is an absolute path, not " + text);
    }
    return path;
  }

  private static Thinning thinning(Section thinning) {
    Thinning fallback = Thinning.DEFAULT;
    Duration least =
        thinning.duration("least", fallback.least(), Duration.ofSeconds(1), Duration.ofHours(1));
    int fraction = thinning.integer("fraction", fallback.fraction(), 2, 1_000);
    thinning.end();
    return new Thinning(least, fraction, fallback.unknownTtl());
  }
}
