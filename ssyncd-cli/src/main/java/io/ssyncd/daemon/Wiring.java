package io.ssyncd.daemon;

import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.log.atomix.AtomixTuning;
import io.ssyncd.node.EndpointFactory;
import io.ssyncd.node.SyncNode;
import io.ssyncd.sink.pound.PoundEndpoints;
import io.ssyncd.sink.recent.RecentEndpoints;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts a node together from its settings: which log, which sources and sinks. */
final class Wiring {
  private Wiring() {}

  static SyncNode node(Settings settings) {
    return new SyncNode(
        settings.node(),
        new AtomixLog(
            settings.node().log(),
            AtomixTuning.defaults().withMinFreeBytes(settings.minFreeBytes())),
        List.of(pound(settings), new RecentEndpoints(settings.recent().tables())));
  }

  private static EndpointFactory pound(Settings settings) {
    Settings.Http http = settings.http();
    Map<String, Path> configurations = new TreeMap<>();
    http.farms().forEach((farm, file) -> file.ifPresent(path -> configurations.put(farm, path)));
    return new PoundEndpoints(
        farm -> link(settings, farm), configurations, http.configPattern(), http.tools());
  }

  /** How the Pound of a farm is reached and followed. */
  static PoundLinkConfig link(Settings settings, String farm) {
    Settings.Http http = settings.http();
    return PoundLinkConfig.of(farm)
        .withSocketDirectory(http.socketDir())
        .withUser(http.user())
        .withMaxSessions(settings.node().limits().maxHttpSessions())
        .withDeleteHold(http.deleteHold())
        .withDumpQuiet(http.dumpQuiet())
        .withThinning(http.thinning())
        .withAdopt(http.adopt());
  }
}
