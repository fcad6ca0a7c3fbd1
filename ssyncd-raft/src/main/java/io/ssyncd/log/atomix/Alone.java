package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.serializer.Serializer;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a log the log of a cluster of one, before it is opened: for a survivor that an operator
 * told to go on without the others. The log itself stays as it is, so that terms and indexes go on
 * growing; everything in it counts, for this member alone is a majority now. What it had
 * acknowledged and did not know to be committed is committed by that.
 *
 * <p>Raft forbids this: the others might be a majority elsewhere. It is safe only under another
 * name of the cluster, by which old and new members refuse each other.
 */
final class Alone {
  private static final Logger log = LoggerFactory.getLogger(Alone.class);

  private Alone() {}

  /**
   * Changes the files. May be done again, after a crash on the way.
   *
   * @param last the last index of the log
   * @throws LogRefusedException if they cannot be read or written; says why
   */
  static void make(LogConfig config, long last) throws LogRefusedException {
    try {
      SmallFile members = new SmallFile(config.directory(), "members", Roster.MAX_BYTES);
      byte[] kept = members.read();
      Roster before = kept == null ? Roster.of(config) : Roster.decode(kept);
      SmallFile copy = ConfigurationFile.copy(config.directory());
      byte[] known = copy.read();
      if (known == null) {
        return; // never was in a cluster: this start begins one
      }
      Serializer serializer = Serializer.using(RaftNamespaces.RAFT_STORAGE);
      Configuration raft = serializer.decode(known);
      // Newer than whatever the log has to say of members up to now.
      long index = Math.max(last, Math.max(raft.index(), before.index()));
      TreeMap<String, LogConfig.MemberAddress> self = new TreeMap<>();
      self.put(config.member(), config.self());
      members.write(new Roster(index, self).encode());
      Instant now = Instant.now();
      RaftMember voter =
          new DefaultRaftMember(MemberId.from(config.member()), RaftMember.Type.ACTIVE, now);
      byte[] alone =
          serializer.encode(
              new Configuration(
                  index, raft.term(), now.toEpochMilli(), new ArrayList<>(List.of(voter))));
      ConfigurationFile.replace(config.directory(), alone);
      SmallFile owed = new SmallFile(config.directory(), Amnesia.FILE, Amnesia.MAX_BYTES);
      boolean voted =
          raft.members().stream()
              .anyMatch(
                  member ->
                      member.memberId().id().equals(config.member())
                          && member.getType() == RaftMember.Type.ACTIVE);
      if (!voted || owed.read() != null) {
        log.warn("{} was still being filled by the others: what it lacks is lost", config.member());
      }
      owed.delete();
      FirstComer.file(config).delete();
      log.warn(
          "{} goes on alone as cluster {} from entry {} on; before, the members were {}",
          config.member(),
          config.cluster(),
          index,
          before.members().keySet());
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new LogRefusedException(String.valueOf(e.getMessage()), e);
    }
  }
}
