package io.ssyncd.node;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.log.LogMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where a configuration file names other members than the log has: the log's count. */
final class MemberDifferences {
  private MemberDifferences() {}

  /** A warning that names each difference; empty if there is none. */
  static Optional<Warning> warning(LogConfig config, List<LogMember> members) {
    if (config.pairing().isPresent()) {
      return Optional.empty(); // there is no file, and whoever comes is news
    }
    SortedMap<String, LogMember> real = new TreeMap<>();
    members.forEach(member -> real.put(member.name(), member));
    List<String> all = new ArrayList<>();
    for (Map.Entry<String, MemberAddress> named : config.members().entrySet()) {
      LogMember member = real.remove(named.getKey());
      if (member == null) {
        all.add(named.getKey() + " is named there and is no member");
      } else {
        compare(named.getValue(), member, all);
      }
    }
    real.values()
        .forEach(
            member ->
                all.add(
                    member.name()
                        + " at "
                        + member.address()
                        + " is a member and not named there"));
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(
            WarningCode.MEMBERS_DIFFER.with(
                "the cluster's members are not those of this node's configuration file: "
                    + String.join("; ", all)));
  }

  private static void compare(MemberAddress named, LogMember member, List<String> all) {
    if (!named.text().equals(member.address())) {
      all.add(member.name() + " is at " + member.address() + ", there at " + named.text());
    }
    if (named.witness() != member.witness()) {
      all.add(
          member.name()
              + (member.witness()
                  ? " is a witness, there it is none"
                  : " is no witness, there it is one"));
    }
  }
}
