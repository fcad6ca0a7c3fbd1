package io.ssyncd.daemon;

import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.node.EndpointFactory;
import io.ssyncd.node.SyncNode;
import java.util.List;

/** Puts a node together from its settings: which log, which sources and sinks. */
final class Wiring {
  private Wiring() {}

  static SyncNode node(Settings settings) {
    return new SyncNode(settings.node(), new AtomixLog(settings.node().log()), endpoints());
  }

  private static List<EndpointFactory> endpoints() {
    return List.of();
  }
}
