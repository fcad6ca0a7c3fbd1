package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.cluster.RaftMember;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The leader's judgement of a wish to change the members: what may be, what may not, what not now.
 * On the server's thread; changes nothing.
 */
final class MemberChanges {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final LogConfig config;
  private final Membership membership;
  private final Reconfiguration work;
  private final HeardTimes heard;

  MemberChanges(LogConfig config, Membership membership, Reconfiguration work, HeardTimes heard) {
    this.config = config;
    this.membership = membership;
    this.work = work;
    this.heard = heard;
  }

  /** Why a change may not be proposed; null if it may. */
  @Nullable Verdict objection(RosterChange change, boolean force) {
    if (!work.ready() || membership.roster().index() == 0) {
      return Verdict.elsewhere(config.member() + " does not lead, or not yet");
    }
    if (change instanceof RosterChange.Put put) {
      Verdict not = adding(put.name(), put.address());
      return not != null ? not : underWay(put.name());
    } else if (change instanceof RosterChange.Remove remove) {
      Verdict not = underWay(remove.name());
      return not != null ? not : removing(remove.name(), force);
    }
    return Verdict.refused("members are added and removed, nothing else");
  }

  /** Whether a change that was committed to the roster has become Raft's configuration. */
  boolean isDone(RosterChange change) {
    Map<String, RaftMember> configured = work.configured();
    if (change instanceof RosterChange.Put put) {
      return put.address().equals(membership.roster().members().get(put.name()))
          && configured.containsKey(put.name());
    }
    return change instanceof RosterChange.Remove remove
        && !membership.roster().contains(remove.name())
        && !configured.containsKey(remove.name());
  }

  /** One change at a time: another one is not finished. */
  private @Nullable Verdict underWay(String name) {
    Roster roster = membership.roster();
    Map<String, RaftMember> configured = work.configured();
    TreeSet<String> all = new TreeSet<>(roster.members().keySet());
    all.addAll(configured.keySet());
    all.remove(name);
    for (String other : all) {
      RaftMember member = configured.get(other);
      if (!roster.contains(other)) {
        return Verdict.unavailable(other + " is being taken out: try again when it is");
      }
      if (member == null || member.getType() != RaftMember.Type.ACTIVE) {
        return Verdict.unavailable(
            other
                + " was added and does not vote yet: try again when it runs and has caught up, or"
                + " remove it");
      }
    }
    return null;
  }

  private @Nullable Verdict adding(String name, MemberAddress address) {
    if (!NAME.matcher(name).matches()) {
      return Verdict.refused(
          "a member's name is up to 63 letters, digits, dots, hyphens and underscores, not "
              + name);
    }
    SortedMap<String, MemberAddress> members = membership.roster().members();
    for (Map.Entry<String, MemberAddress> other : members.entrySet()) {
      if (!other.getKey().equals(name) && other.getValue().text().equals(address.text())) {
        return Verdict.refused(address.text() + " is the address of " + other.getKey());
      }
    }
    MemberAddress known = members.get(name);
    if (known != null && known.witness() != address.witness()) {
      return Verdict.refused(
          name
              + (known.witness() ? " is a witness" : " is no witness")
              + " already; to change that, remove it and add it again");
    }
    if (known == null && members.size() >= LogConfig.MAX_MEMBERS) {
      return Verdict.refused(
          "there are " + members.size() + " members; the most are " + LogConfig.MAX_MEMBERS);
    }
    return null;
  }

  private @Nullable Verdict removing(String name, boolean force) {
    Map<String, RaftMember> configured = work.configured();
    Roster roster = membership.roster();
    if (!roster.contains(name) && !configured.containsKey(name)) {
      return Verdict.refused(
          "there is no member " + name + "; there are " + roster.members().keySet());
    }
    if (name.equals(config.member())) {
      return Verdict.elsewhere(name + " leads");
    }
    SortedMap<String, MemberAddress> rest = new TreeMap<>(roster.members());
    rest.remove(name);
    rest.keySet().removeIf(other -> !votes(configured.get(other)));
    if (rest.values().stream().allMatch(MemberAddress::witness)) {
      return Verdict.refused(
          name + " is the last voter that keeps sessions: without it there is no cluster");
    }
    return force || !votes(configured.get(name)) ? null : majority(name, rest);
  }

  /** The rest must be able to commit, and not with luck. */
  private @Nullable Verdict majority(String name, SortedMap<String, MemberAddress> rest) {
    Duration window = config.electionTimeout().multipliedBy(2);
    TreeSet<String> silent = new TreeSet<>(rest.keySet());
    silent.removeIf(other -> other.equals(config.member()) || heard.within(other, window));
    int needed = rest.size() / 2 + 1;
    int inReach = rest.size() - silent.size();
    return inReach >= needed
        ? null
        : Verdict.unavailable(
            String.format(
                "without %s, %d of %s have to be in reach and %d would be: %s do not answer; remove"
                    + " or repair those first, or say --force",
                name, needed, rest.keySet(), inReach, silent));
  }

  private static boolean votes(@Nullable RaftMember member) {
    return member != null && member.getType() == RaftMember.Type.ACTIVE;
  }
}
