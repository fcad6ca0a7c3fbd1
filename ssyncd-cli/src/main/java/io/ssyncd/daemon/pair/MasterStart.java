package io.ssyncd.daemon.pair;

import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.node.Identity;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * {@code ssyncd -M}: a cluster of one. Over data of a pair it goes on from them, under another name
 * of the cluster, by which whoever else was a member is refused from now on.
 */
final class MasterStart {
  private static final int ID_BYTES = 6;

  private MasterStart() {}

  static Settings settings(PairNode node) throws StartRefused {
    String cluster = newName();
    String name = node.identity().map(Identity::member).orElseGet(HostNetwork::name);
    Settings settings = node.settings(cluster, name, new TreeMap<>(), node.identity().isPresent());
    node.memory().with(new TreeMap<>()).write(node.options().dataDir());
    return settings;
  }

  private static String newName() {
    byte[] id = new byte[ID_BYTES];
    new SecureRandom().nextBytes(id);
    return "pair-" + HexFormat.of().formatHex(id);
  }
}
