package io.ssyncd.daemon.settings;

import io.ssyncd.log.LogConfig;
import io.ssyncd.node.Warning;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.SortedMap;

/**
 * What {@code cluster.tls} has to say. Between hosts plain text has to be asked for by name:
 * whoever reads the wire reads session keys, and whoever writes to it rewrites sessions.
 */
final class TransportRules {
  private final List<Warning> warnings;

  TransportRules(List<Warning> warnings) {
    this.warnings = warnings;
  }

  void check(Section cluster, SortedMap<String, LogConfig.MemberAddress> members) {
    Section tls = cluster.section("tls");
    boolean enabled = tls.bool("enabled", true);
    boolean certificate = tls.has("certificate") | tls.has("key") | tls.has("ca");
    tls.end();
    if (tls.present() && enabled) {
      cluster.wrong(
          "tls",
          certificate
              ? "with certificates is not in this release yet; say tls { enabled = false }"
              : "has no certificate, key and ca; plain text is tls { enabled = false }");
      return;
    }
    boolean loopback = members.values().stream().allMatch(member -> isLoopback(member.host()));
    if (!tls.present() && !loopback) {
      cluster.wrong(
          "tls", "is missing, and not all members are on loopback; see tls in the documentation");
    }
    if (tls.present() && loopback) {
      return;
    }
    warnings.add(
        new Warning(
            "plain-text",
            loopback
                ? "cluster.tls is not stated: members talk in plain text, over loopback only"
                : "members talk in plain text: whoever can read or write this network can read"
                    + " and rewrite sessions"));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // A name that nobody knows yet is not known to be on this host.
      return false;
    }
  }
}
