package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.cluster.impl.RaftClusterContext;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.storage.log.entry.ConfigurationEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which configuration of Raft this server goes by. Raft wants the newest in the log, committed or
 * not; Atomix goes by what any leader tells beside the log, of whatever term, and keeps it only
 * once it is committed, so that a member that restarts in between counts by the old one; and it
 * never goes back to an older one, though a new leader may not have the change in its log. On the
 * server's thread.
 */
final class Configurations {
  private static final Logger log = LoggerFactory.getLogger(Configurations.class);

  private final LogConfig config;
  private final RaftContext context;
  private final Path file;
  private final Field present;
  private long keptIndex = -1;

  Configurations(LogConfig config, RaftContext context) {
    this.config = config;
    this.context = context;
    this.file = config.directory().resolve(LogFiles.PREFIX + ".conf");
    try {
      this.present = RaftClusterContext.class.getDeclaredField("configuration");
      present.setAccessible(true);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("another Atomix than 3.1.12", e);
    }
  }

  boolean present() {
    return context.getCluster().getConfiguration() != null;
  }

  /** All members of a configuration file, voting: nobody has to be asked, nobody has to join. */
  Configuration first() {
    Instant now = Instant.now();
    Set<RaftMember> members =
        config.members().keySet().stream()
            .map(name -> new DefaultRaftMember(MemberId.from(name), RaftMember.Type.ACTIVE, now))
            .collect(Collectors.toSet());
    return new Configuration(0, 0, now.toEpochMilli(), members);
  }

  void takeUp(Configuration configuration) {
    context.getCluster().configure(configuration);
    keep();
  }

  /** Whether a leader of this term may say who is a member. */
  boolean mayTell(long term) {
    return term >= context.getTerm();
  }

  /**
   * The leader of this term goes by an older one: its log, and with it ours, has no newer change.
   * Atomix would ignore it.
   */
  void goBackTo(ConfigureRequest request) {
    Configuration now = context.getCluster().getConfiguration();
    if (now == null || request.term() != context.getTerm() || request.index() >= now.index()) {
      return;
    }
    log.info("back from the configuration of entry {} to {}", now.index(), request.index());
    try {
      present.set(context.getCluster(), null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
    takeUp(
        new Configuration(request.index(), request.term(), request.timestamp(), request.members()));
  }

  /** The configurations among entries that were just appended. */
  void takeUp(AppendRequest request) {
    long index = request.prevLogIndex();
    for (RaftLogEntry entry : request.entries()) {
      index++;
      if (entry instanceof ConfigurationEntry change) {
        takeUp(new Configuration(index, change.term(), change.timestamp(), change.members()));
      }
    }
  }

  static boolean isIn(List<RaftLogEntry> entries) {
    return entries.stream().anyMatch(ConfigurationEntry.class::isInstance);
  }

  /** Keeps the present one on the disk, unless it is there. */
  void keep() {
    Configuration now = context.getCluster().getConfiguration();
    if (now == null || now.index() == keptIndex) {
      return;
    }
    context.getMetaStore().storeConfiguration(now);
    if (config.durability() == Durability.FSYNC) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      } catch (IOException e) {
        throw new UncheckedIOException("syncing " + file, e);
      }
    }
    keptIndex = now.index();
  }

  /**
   * A follower's log ends before a snapshot that it was sent: it has lost its directory since, and
   * has to be sent it again, which Atomix would not do.
   */
  void forgetSnapshots(MemberId member, long lastIndex) {
    RaftMemberContext state = context.getCluster().getMemberState(member);
    if (state != null && lastIndex < state.getSnapshotIndex()) {
      state.setSnapshotIndex(0);
    }
  }
}
