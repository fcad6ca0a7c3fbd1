package io.ssyncd.daemon.settings;

import io.ssyncd.log.AddressRange;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.AtomixTuning;
import io.ssyncd.log.tls.MemberName;
import io.ssyncd.log.tls.TlsFiles;
import io.ssyncd.node.Warning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code cluster}: who the members are, and how they talk and keep their log. */
final class ClusterSection {
  private static final long LEAST_MIN_FREE_BYTES = 1024 * 1024;
  private static final long MOST_MIN_FREE_BYTES = 1L << 40;

  private final List<Warning> warnings;
  private long minFree = AtomixTuning.DEFAULT_MIN_FREE_BYTES;

  /**
   * @param warnings where to add what is allowed but should be known
   */
  ClusterSection(List<Warning> warnings) {
    this.warnings = warnings;
  }

  /** Free space on the log's disk below which the node does not run, in bytes. */
  long minFree() {
    return minFree;
  }

  /**
   * Reads the section.
   *
   * @param node who this node is
   * @return empty if this node is none of the members, which is a problem that was noted
   */
  Optional<LogConfig> read(Section cluster, Section ssyncd, String node, Path dataDir) {
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
    cluster.has("clock-limit");
    Optional<MemberName> self =
        SettingsFile.isName(name) && members.containsKey(node)
            ? Optional.of(new MemberName(name, node))
            : Optional.empty();
    Optional<TlsFiles> tls = new TransportRules(warnings).check(cluster, members, self);
    if (!SettingsFile.isName(name)) {
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

  private static SortedMap<String, LogConfig.MemberAddress> members(Section cluster) {
    SortedMap<String, LogConfig.MemberAddress> members = new TreeMap<>();
    if (!cluster.has("members")) {
      cluster.required("members");
      return members;
    }
    Section named = cluster.section("members");
    for (String name : named.names()) {
      if (!SettingsFile.isName(name)) {
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
}
