package io.ssyncd.node;

import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The other members, from what they last told, held against what this node knew to be committed
 * when they can have said it. Lags longer than {@value #SAMPLES} samples are not told apart.
 * Thread-safe.
 */
final class Members {
  /** Beyond these a member is warned of. */
  static final long MAX_LAG_ENTRIES = 1_000;

  static final long MAX_LAG_MS = 5_000;

  private static final int SAMPLES = 128;

  private final ReplicatedLog raft;
  private final String self;
  private final Duration noticeAge;
  private final boolean addressFollows;
  private final Duration clockLimit;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /** What was committed when. */
  private record Sample(long atNanos, long index) {}

  /** A member with what it told. */
  record Known(LogMember member, @Nullable Notice notice) {}

  /**
   * @param addressFollows whether the address that traffic comes to goes where leadership goes, as
   *     far as this node knows; else leadership has to stay where the address is
   * @param clockLimit beyond it a member's clock is warned of
   */
  Members(
      ReplicatedLog raft,
      String self,
      Duration noticeAge,
      boolean addressFollows,
      Duration clockLimit) {
    this.raft = raft;
    this.self = self;
    this.noticeAge = noticeAge;
    this.addressFollows = addressFollows;
    this.clockLimit = clockLimit;
  }

  /** Notes how far the log is; to be called some times a second. */
  synchronized void sample(LogStatus status) {
    if (samples.size() == SAMPLES) {
      samples.removeFirst();
    }
    samples.addLast(new Sample(System.nanoTime(), status.commitIndex()));
  }

  /** All members with their notices. */
  List<Known> known() {
    return raft.members().stream().map(Members::known).toList();
  }

  /**
   * All members for the status.
   *
   * @param own where this node's promotion stands
   */
  List<NodeStatus.MemberStatus> status(LogStatus status, NodeState own) {
    return known().stream().map(known -> status(known, status, own)).toList();
  }

  private NodeStatus.MemberStatus status(Known known, LogStatus status, @Nullable NodeState own) {
    LogMember member = known.member();
    boolean mine = member.name().equals(self);
    Long applied = null;
    Long lagEntries = null;
    Long lagMs = null;
    if (mine) {
      applied = status.appliedIndex();
      lagEntries = Math.max(0, status.commitIndex() - status.appliedIndex());
      lagMs = lagMs(status.appliedIndex(), Duration.ZERO);
    } else if (known.notice() != null) {
      applied = known.notice().appliedIndex();
      lagEntries = Math.max(0, committedBefore(noticeAge) - applied);
      lagMs = lagMs(applied, noticeAge);
    }
    return new NodeStatus.MemberStatus(
        member.name(),
        member.address(),
        member.witness(),
        member.voter(),
        mine || member.reachable() ? role(member) : null,
        member.reachable(),
        applied,
        lagEntries,
        lagMs,
        member.clock() == null ? null : ms(member.clock().ahead()),
        member.clock() == null ? null : ms(member.clock().error()),
        mine ? own : stateOf(known));
  }

  private static @Nullable NodeState stateOf(Known known) {
    Notice notice = known.notice();
    return notice == null || !known.member().reachable() ? null : notice.state();
  }

  /** What a member says of its promotion; null if it says nothing. */
  @Nullable NodeState state(String member) {
    return known().stream()
        .filter(known -> known.member().name().equals(member))
        .map(Members::stateOf)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  static String role(LogMember member) {
    if (member.witness() && member.role() != Role.LEADER) {
      return "witness";
    }
    return switch (member.role()) {
      case LEADER -> "leader";
      case FOLLOWER -> "follower";
      case CANDIDATE, INACTIVE -> "candidate";
    };
  }

  private static double ms(Duration time) {
    return time.toNanos() / 1e6;
  }

  private synchronized long committedBefore(Duration age) {
    long then = System.nanoTime() - age.toNanos();
    long index = 0;
    for (Sample sample : samples) {
      if (sample.atNanos() - then <= 0) {
        index = sample.index();
      }
    }
    return index;
  }

  /** How long ago something was committed that is not applied there. */
  private synchronized long lagMs(long applied, Duration allowed) {
    long now = System.nanoTime();
    for (Sample sample : samples) {
      if (sample.index() > applied) {
        return Math.max(0, (now - sample.atNanos() - allowed.toNanos()) / 1_000_000);
      }
    }
    return 0;
  }

  /** Whether every member is in reach, and as far as the log was when it last spoke. */
  static boolean inSync(List<NodeStatus.MemberStatus> members) {
    return members.stream()
        .allMatch(
            member ->
                member.reachable() && member.lagEntries() != null && member.lagEntries() == 0);
  }

  /**
   * The reachable member to lead instead of this one: no witness, the one that hears most Pounds,
   * traffic's, the furthest.
   */
  Optional<String> heir() {
    return known().stream()
        .filter(known -> isHeir(known.member()))
        .max(byMerit())
        .map(known -> known.member().name());
  }

  /** The same order for the log: the better member to lead is the greater one. */
  Comparator<LogMember> merit() {
    return Comparator.comparing(Members::known, byMerit());
  }

  private static Known known(LogMember member) {
    return new Known(member, NoticeCodec.decode(member.notice()));
  }

  private Comparator<Known> byMerit() {
    Comparator<Known> hears = Comparator.comparing(known -> -hearing(known).silent().size());
    Comparator<Known> traffic = Comparator.comparing(Members::holdsVip);
    return (addressFollows ? hears.thenComparing(traffic) : traffic.thenComparing(hears))
        .thenComparing(known -> known.notice() == null ? 0 : known.notice().appliedIndex())
        .thenComparing(known -> known.member().name(), Comparator.reverseOrder());
  }

  /**
   * The member to lead instead of this one because it hears more: in reach, no witness, not behind,
   * and traffic comes to it or will.
   */
  Optional<String> betterHearing(Hearing own, LogStatus status) {
    return known().stream()
        .filter(known -> isHeir(known.member()) && known.notice() != null)
        .filter(known -> hearing(known).isBetterThan(own))
        .filter(known -> addressFollows || holdsVip(known))
        .filter(known -> !behind(status(known, status, null)))
        .max(byMerit())
        .map(known -> known.member().name());
  }

  /**
   * The reachable member that says that traffic comes to it. Not one that would hand leadership
   * back for the sake of its hearing while the address can follow.
   */
  Optional<String> holderOfVip(Hearing own) {
    return known().stream()
        .filter(known -> isHeir(known.member()) && holdsVip(known))
        .filter(known -> !addressFollows || !givesBack(hearing(known), own))
        .map(known -> known.member().name())
        .findFirst();
  }

  /** Whether a member in reach served without a majority, and may bring something. */
  boolean anyServedAlone() {
    return known().stream()
        .anyMatch(
            known ->
                isHeir(known.member()) && known.notice() != null && known.notice().servedAlone());
  }

  private static boolean givesBack(Hearing theirs, Hearing own) {
    return theirs.isDeaf() && own.isBetterThan(theirs);
  }

  private static Hearing hearing(Known known) {
    return known.notice() == null ? Hearing.ALL : known.notice().hearing();
  }

  private boolean isHeir(LogMember member) {
    return !member.name().equals(self) && !member.witness() && member.voter() && member.reachable();
  }

  private static boolean holdsVip(Known known) {
    return known.notice() != null && known.notice().holdsVip();
  }

  /** What an operator should know of the members. */
  List<Warning> warnings(List<NodeStatus.MemberStatus> members) {
    List<Warning> all = new ArrayList<>();
    for (NodeStatus.MemberStatus member : members) {
      if (!member.reachable()) {
        all.add(
            WarningCode.MEMBER_UNREACHABLE.with(
                member.name()
                    + " at "
                    + member.address()
                    + " does not answer; this daemon's log says why"));
      } else if (behind(member)) {
        all.add(
            WarningCode.LAG.with(
                member.name()
                    + " is "
                    + member.lagEntries()
                    + " entries and "
                    + member.lagMs()
                    + " ms behind"));
      }
      Double offset = member.clockOffsetMs();
      if (offset != null && Math.abs(offset) > ms(clockLimit)) {
        all.add(
            WarningCode.CLOCK_OFFSET.with(
                "the clock of "
                    + member.name()
                    + " is "
                    + Math.round(offset)
                    + " ms ahead of this host's; ages of kernel tables' entries are corrected by"
                    + " such a difference, times of sessions are not"));
      }
    }
    vipTwice().ifPresent(all::add);
    all.addAll(configurations());
    return all;
  }

  /** What keepalived calls split brain, and what is left where it was killed. */
  private Optional<Warning> vipTwice() {
    List<String> holders =
        known().stream()
            .filter(known -> known.member().reachable() && holdsVip(known))
            .map(known -> known.member().name())
            .sorted()
            .toList();
    return holders.size() < 2
        ? Optional.empty()
        : Optional.of(
            WarningCode.VIP_TWICE.with(
                "the address is on more than one host, "
                    + String.join(" and ", holders)
                    + ": sessions are collected on the leader alone"));
  }

  private static boolean behind(NodeStatus.MemberStatus member) {
    Long entries = member.lagEntries();
    Long ms = member.lagMs();
    return entries != null && entries > MAX_LAG_ENTRIES || ms != null && ms > MAX_LAG_MS;
  }

  private List<Warning> configurations() {
    Map<String, Map<String, TreeSet<String>>> byFarm = new TreeMap<>();
    for (Known known : known()) {
      Notice notice = known.notice();
      if (notice != null && known.member().reachable()) {
        notice
            .configurations()
            .forEach(
                (farm, digest) ->
                    byFarm
                        .computeIfAbsent(farm, unused -> new TreeMap<>())
                        .computeIfAbsent(digest, unused -> new TreeSet<>())
                        .add(known.member().name()));
      }
    }
    List<Warning> all = new ArrayList<>();
    byFarm.forEach(
        (farm, digests) -> {
          if (digests.size() > 1) {
            all.add(
                WarningCode.CONFIGURATION_DIFFERS.with(
                    "the configuration of farm "
                        + farm
                        + " is not the same on all members: "
                        + digests.values().stream()
                            .map(names -> String.join(", ", names))
                            .sorted()
                            .reduce((a, b) -> a + " against " + b)
                            .orElse("")));
          }
        });
    return all;
  }
}
