package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks, each time that the address is on a balancer, what that balancer's Pound and kernel hold at
 * that moment. Used by the thread of the test.
 */
final class VipObserver {
  private final VipCluster balancers;
  private final Set<String> sessions = new HashSet<>();
  private final Set<String> entries = new HashSet<>();
  private final List<String> found = new ArrayList<>();
  private int looks;

  VipObserver(VipCluster balancers) {
    this.balancers = balancers;
  }

  /** From now on these have to be wherever the address is. */
  void expect(Collection<String> moreSessions, Collection<String> moreEntries) {
    sessions.addAll(moreSessions);
    entries.addAll(moreEntries);
  }

  /** Looks at balancers that live. */
  void look(List<Member> living) {
    for (Member member : living) {
      if (balancers.holdsVip(member)) {
        looks++;
        // What is missing now was missing when the address was seen: a leader deletes nothing here.
        int missing = missing(sessions, member.pound(VipCluster.FARM).sessions());
        int missingEntries = missing(entries, balancers.entries(member));
        if ((missing > 0 || missingEntries > 0) && !saysSo(member)) {
          found.add(
              "%s holds the address without %d of %d sessions and %d of %d entries"
                  .formatted(
                      member.name(), missing, sessions.size(), missingEntries, entries.size()));
        }
      }
    }
  }

  private static int missing(Set<String> wanted, List<String> held) {
    Set<String> missing = new HashSet<>(wanted);
    held.forEach(missing::remove);
    return missing.size();
  }

  /** Degraded: after its deadline, or without a majority, a node may serve, and says it. */
  private static boolean saysSo(Member member) {
    return track(member) == 50;
  }

  /** What a track file says, as keepalived reads it. */
  static int track(Member member) {
    Path file = member.trackFile();
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Fails if the address was ever on a balancer that was not done. */
  void check() {
    assertThat(found).as("of %d looks at a balancer with the address", looks).isEmpty();
    assertThat(looks).as("looks at a balancer with the address").isPositive();
  }
}
