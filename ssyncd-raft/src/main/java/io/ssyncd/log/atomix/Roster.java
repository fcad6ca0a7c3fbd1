package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who shall be a member, and where: what Raft's own configuration, which knows names only, is
 * brought to. Changed by entries of the log, so that all members come to the same, and kept in
 * snapshots and in a file beside the log. Immutable.
 *
 * <p>As bytes, big-endian: {@code version u8 = 1 | index i64 | count u8 | member[count]}, a member:
 * {@code name | host | port u16 | witness u8}, names in UTF-8 behind a byte that counts them.
 *
 * @param index of the entry that changed it last; 0 if it comes from a configuration file
 * @param members by name, at most {@link LogConfig#MAX_MEMBERS}
 */
record Roster(long index, SortedMap<String, MemberAddress> members) {
  private static final byte VERSION = 1;

  /** The most bytes of a roster. */
  static final int MAX_BYTES = 10 + LogConfig.MAX_MEMBERS * (256 + 256 + 3);

  Roster {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    if (members.size() > LogConfig.MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " members");
    }
  }

  /** The configuration's, as long as the log has none. */
  static Roster of(LogConfig config) {
    return new Roster(0, config.members());
  }

  boolean contains(String name) {
    return members.containsKey(name);
  }

  /** This one after a change at an index; itself if the index is none after its own. */
  Roster after(long at, RosterChange change) {
    if (at <= index) {
      return this;
    }
    SortedMap<String, MemberAddress> next = new TreeMap<>(members);
    if (change instanceof RosterChange.Put put) {
      if (next.size() < LogConfig.MAX_MEMBERS || next.containsKey(put.name())) {
        next.put(put.name(), put.address());
      }
    } else if (change instanceof RosterChange.Remove remove) {
      next.remove(remove.name());
    } else if (change instanceof RosterChange.Begin begin && index == 0) {
      next = begin.members();
    }
    return new Roster(at, next);
  }

  byte[] encode() {
    ByteBuffer to = ByteBuffer.allocate(MAX_BYTES);
    to.put(VERSION).putLong(index);
    putMembers(to, members);
    return RosterChange.written(to);
  }

  /**
   * Reads a roster.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Roster decode(byte[] bytes) {
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      byte version = from.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("a roster of version " + version);
      }
      Roster roster = new Roster(from.getLong(), members(from));
      if (from.hasRemaining()) {
        throw new IllegalArgumentException(from.remaining() + " bytes after a roster");
      }
      return roster;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a roster cut after " + bytes.length + " bytes", e);
    }
  }

  static void putMembers(ByteBuffer to, SortedMap<String, MemberAddress> members) {
    to.put((byte) members.size());
    members.forEach((name, address) -> putMember(to, name, address));
  }

  static SortedMap<String, MemberAddress> members(ByteBuffer from) {
    int count = from.get() & 0xff;
    if (count > LogConfig.MAX_MEMBERS) {
      throw new IllegalArgumentException("a roster of " + count + " members");
    }
    SortedMap<String, MemberAddress> members = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = text(from);
      members.put(name, address(from));
    }
    return members;
  }

  static void putMember(ByteBuffer to, String name, MemberAddress address) {
    putText(to, name);
    putText(to, address.host());
    to.putShort((short) address.port()).put((byte) (address.witness() ? 1 : 0));
  }

  static MemberAddress address(ByteBuffer from) {
    return new MemberAddress(text(from), from.getShort() & 0xffff, from.get() != 0);
  }

  static void putText(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > 255) {
      throw new IllegalArgumentException("a name of " + bytes.length + " bytes; 1 to 255 may be");
    }
    to.put((byte) bytes.length).put(bytes);
  }

  static String text(ByteBuffer from) {
    byte[] bytes = new byte[from.get() & 0xff];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
