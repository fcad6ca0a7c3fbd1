package io.ssyncd.node;

import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.node.NodeStatus.MemberStatus;
import io.ssyncd.node.NodeStatus.QueueStatus;
import io.ssyncd.session.Kind;
import io.ssyncd.table.TableView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts the status of a node together. Any thread. */
final class StatusReport {
  /** Others are heard some times a second: less than this is no lag, but the way the news takes. */
  private static final long IN_SYNC_MS = 1_000;

  private final NodeConfig config;
  private final ReplicatedLog replicated;
  private final TableView table;
  private final LocalEnds ends;
  private final Promotion promotion;
  private final CommitTimes commits;
  private final TrackFile trackFile;

  StatusReport(
      NodeConfig config,
      ReplicatedLog replicated,
      TableView table,
      LocalEnds ends,
      Promotion promotion,
      CommitTimes commits,
      TrackFile trackFile) {
    this.config = config;
    this.replicated = replicated;
    this.table = table;
    this.ends = ends;
    this.promotion = promotion;
    this.commits = commits;
    this.trackFile = trackFile;
  }

  NodeStatus now() {
    LogStatus log = replicated.status();
    List<LogMember> seen = replicated.members();
    List<MemberStatus> members = new ArrayList<>();
    boolean inSync = log.leader() != null;
    for (LogMember member : seen) {
      MemberStatus status = member(member, log);
      members.add(status);
      Long lagMs = status.lagMs();
      inSync &= status.reachable() && lagMs != null && lagMs <= IN_SYNC_MS;
    }
    Promotion.Stand stand = promotion.stand();
    return new NodeStatus(
        config.name(),
        word(log.role(), config.witness()),
        stand.state(),
        stand.since(),
        log.leader(),
        log.term(),
        table.epoch(),
        log.quorum(),
        inSync,
        log.commitIndex(),
        log.appliedIndex(),
        table.digest(),
        members,
        table.counts(),
        ends.all().stream().map(LocalEnd::status).toList(),
        queues(),
        warnings(log, seen));
  }

  private MemberStatus member(LogMember member, LogStatus log) {
    boolean self = member.name().equals(config.name());
    Notice notice = Notice.decode(member.notice());
    Long applied =
        self ? Long.valueOf(log.appliedIndex()) : notice == null ? null : notice.appliedIndex();
    Long lagEntries = null;
    Long lagMs = null;
    if (applied != null) {
      lagEntries = Math.max(0, log.commitIndex() - applied);
      OptionalLong behind = commits.behindMs(applied, System.nanoTime());
      lagMs = lagEntries == 0 ? 0 : behind.orElse(0);
    }
    Duration offset = member.clockOffset();
    return new MemberStatus(
        member.name(),
        member.address(),
        role(member, self),
        member.reachable(),
        applied,
        lagEntries,
        lagMs,
        offset == null ? null : offset.toNanos() / 1e6);
  }

  private static @Nullable String role(LogMember member, boolean self) {
    return self || member.reachable() ? word(member.role(), member.witness()) : null;
  }

  private static String word(Role role, boolean witness) {
    if (witness && role != Role.LEADER) {
      return "witness";
    }
    return switch (role) {
      case LEADER, FOLLOWER -> role.name().toLowerCase(Locale.ROOT);
      case CANDIDATE, INACTIVE -> "candidate";
    };
  }

  private List<QueueStatus> queues() {
    List<QueueStatus> queues = new ArrayList<>();
    for (LocalEnd end : ends.all()) {
      FeedIntake intake = end.intake();
      if (intake != null) {
        queues.add(intake.status());
      }
    }
    Ingest ingest = promotion.ingest();
    long over = ingest == null ? 0 : ingest.overLimit();
    queues.add(
        new QueueStatus(
            "table http", table.count(Kind.HTTP), config.limits().maxHttpSessions(), over));
    queues.add(
        new QueueStatus(
            "table recent", table.count(Kind.RECENT), config.limits().maxRecentEntries(), over));
    return queues;
  }

  private List<Warning> warnings(LogStatus log, List<LogMember> seen) {
    List<Warning> warnings = new ArrayList<>(config.warnings());
    if (config.log().members().size() == 2) {
      warnings.add(
          new Warning(
              "two-nodes",
              "two members without a witness: when one is gone, nothing is replicated"));
    }
    if (!log.quorum()) {
      warnings.add(
          new Warning("no-quorum", "no majority is in reach: nothing is replicated until it is"));
    }
    for (LogMember member : seen) {
      if (!member.reachable()) {
        warnings.add(
            new Warning(
                "member-unreachable", member.name() + " at " + member.address() + " is silent"));
      }
    }
    Ingest ingest = promotion.ingest();
    if (ingest != null && ingest.overLimit() > 0) {
      warnings.add(
          new Warning("table-full", ingest.overLimit() + " records did not fit into the table"));
    }
    String track = trackFile.failure();
    if (track != null) {
      warnings.add(new Warning("track-file", track));
    }
    warnings.addAll(promotion.warnings());
    warnings.addAll(ends.warnings());
    warnings.addAll(differentConfigurations(seen));
    return warnings;
  }

  /** Positions in a farm's configuration are its ids: they have to mean the same everywhere. */
  private List<Warning> differentConfigurations(List<LogMember> seen) {
    Map<String, TreeMap<String, TreeSet<String>>> membersByDigest = new TreeMap<>();
    for (LogMember member : seen) {
      Notice notice = Notice.decode(member.notice());
      if (notice != null && member.reachable()) {
        notice
            .configurations()
            .forEach(
                (farm, digest) ->
                    membersByDigest
                        .computeIfAbsent(farm, unused -> new TreeMap<>())
                        .computeIfAbsent(digest, unused -> new TreeSet<>())
                        .add(member.name()));
      }
    }
    List<Warning> warnings = new ArrayList<>();
    membersByDigest.forEach(
        (farm, digests) -> {
          if (digests.size() > 1) {
            warnings.add(
                new Warning(
                    "configuration-differs",
                    "farm " + farm + " is not configured alike on " + digests.values()));
          }
        });
    return warnings;
  }
}
