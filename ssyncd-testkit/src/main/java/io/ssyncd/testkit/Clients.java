package io.ssyncd.testkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Clients of one farm, steady and unknown before, at the Pounds of all members at once: each Pound
 * makes sessions, and which of them the cluster hears of is for its leader to say. Used by one
 * thread.
 */
public final class Clients {
  private static final int LONGER_THAN_ANY_TEST_SECONDS = 3600;

  private final Cluster cluster;
  private final String farm;
  private final int perSecond;
  private final Map<String, Integer> rounds = new HashMap<>();
  private final Set<String> visited = new HashSet<>();

  /**
   * Clients that do not come yet.
   *
   * @param perSecond how many come to each Pound
   */
  public Clients(Cluster cluster, String farm, int perSecond) {
    this.cluster = cluster;
    this.farm = farm;
    this.perSecond = perSecond;
  }

  /** They come to every Pound that runs, with keys that begin with {@link #at}. */
  public void come() {
    for (Member member : cluster.members()) {
      if (member.pound(farm).alive()) {
        visited.add(member.name());
        rounds.merge(member.name(), 1, Integer::sum);
        rate(member, perSecond, LONGER_THAN_ANY_TEST_SECONDS, at(member));
      }
    }
  }

  /** What the keys of those begin with who came to a member's Pound last. */
  public String at(Member member) {
    return member.name() + "-" + rounds.getOrDefault(member.name(), 0) + "-";
  }

  /** All leave. */
  public void leave() {
    cluster.members().forEach(this::leave);
  }

  /** Those of one Pound leave, unless they have; nobody touches its sessions afterwards. */
  public void leave(Member member) {
    if (visited.remove(member.name()) && member.pound(farm).alive()) {
      // Another rate ends the one before; this one is over after its first request.
      rate(member, 10_000, 0, "last-of-" + at(member));
      member.pound(farm).command("wait");
    }
  }

  private void rate(Member member, int each, int seconds, String prefix) {
    member.pound(farm).command("rate " + each + " " + seconds + " " + prefix);
  }
}
