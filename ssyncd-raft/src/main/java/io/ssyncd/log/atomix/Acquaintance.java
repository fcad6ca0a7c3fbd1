package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.ssyncd.log.LogConfig;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a member answers to one that has no log yet. As bytes, big-endian: {@code version u8 = 1 |
 * formed u8 | term i64 | end: term i64, index i64 | configuration: index i64, term i64, time i64,
 * count u8, (name, type u8)[count] | roster}.
 *
 * @param formed whether it has a configuration and anything in its log
 * @param term its term
 * @param end where its log ends
 * @param configuration Raft's, who votes; meaningless if not formed
 * @param roster who shall be a member, and where
 */
record Acquaintance(boolean formed, long term, LastEntry end, Voters configuration, Roster roster) {
  private static final byte VERSION = 1;
  private static final int MAX_BYTES =
      2 + 8 + 16 + 24 + 1 + LogConfig.MAX_MEMBERS * 257 + Roster.MAX_BYTES;

  /**
   * Raft's configuration.
   *
   * @param index of the entry that made it
   * @param term of that entry
   * @param time of that entry, wall-clock milliseconds
   * @param types by name
   */
  record Voters(long index, long term, long time, Map<String, RaftMember.Type> types) {
    static final Voters NONE = new Voters(0, 0, 1, Map.of());

    static Voters of(Configuration configuration) {
      Map<String, RaftMember.Type> types = new TreeMap<>();
      configuration
          .members()
          .forEach(member -> types.put(member.memberId().id(), member.getType()));
      return new Voters(configuration.index(), configuration.term(), configuration.time(), types);
    }

    Configuration toConfiguration() {
      List<RaftMember> members = new ArrayList<>();
      types.forEach(
          (name, type) ->
              members.add(
                  new DefaultRaftMember(MemberId.from(name), type, Instant.ofEpochMilli(time))));
      return new Configuration(index, term, time, members);
    }

    boolean votes(String name) {
      return types.get(name) == RaftMember.Type.ACTIVE;
    }

    List<String> voters() {
      return types.keySet().stream().filter(this::votes).toList();
    }
  }

  byte[] encode() {
    ByteBuffer to = ByteBuffer.allocate(MAX_BYTES).put(VERSION).put((byte) (formed ? 1 : 0));
    to.putLong(term).putLong(end.term()).putLong(end.index());
    to.putLong(configuration.index()).putLong(configuration.term()).putLong(configuration.time());
    to.put((byte) configuration.types().size());
    configuration
        .types()
        .forEach(
            (name, type) -> {
              Roster.putText(to, name);
              to.put((byte) type.ordinal());
            });
    return RosterChange.written(to.put(roster.encode()));
  }

  /**
   * Reads an answer.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Acquaintance decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("an acquaintance of " + bytes.length + " bytes");
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      byte version = from.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("an acquaintance of version " + version);
      }
      boolean formed = from.get() != 0;
      long term = from.getLong();
      LastEntry end = new LastEntry(from.getLong(), from.getLong());
      Voters voters = voters(from);
      byte[] roster = new byte[from.remaining()];
      from.get(roster);
      return new Acquaintance(formed, term, end, voters, Roster.decode(roster));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an acquaintance cut after " + bytes.length + " bytes", e);
    }
  }

  private static Voters voters(ByteBuffer from) {
    long index = from.getLong();
    long term = from.getLong();
    long time = from.getLong();
    int count = from.get() & 0xff;
    Map<String, RaftMember.Type> types = new TreeMap<>();
    RaftMember.Type[] known = RaftMember.Type.values();
    for (int i = 0; i < count; i++) {
      String name = Roster.text(from);
      int type = from.get();
      if (type < 0 || type >= known.length) {
        throw new IllegalArgumentException(name + " is a member of type " + type);
      }
      types.put(name, known[type]);
    }
    return new Voters(index, term, time, types);
  }
}
