package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig.MemberAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.SortedMap;

/**
 * An entry that changes the {@link Roster}. As bytes: {@code version u8 = 1 | what u8 | by what:} 1
 * put: a member; 2 remove: a name; 3 begin: a count and the members. A new form gets a new version:
 * members that do not know it halt rather than differ.
 */
sealed interface RosterChange {
  /** A member is taken in, or listens elsewhere. */
  record Put(String name, MemberAddress address) implements RosterChange {}

  /** A member is taken out. */
  record Remove(String name) implements RosterChange {}

  /**
   * What the configuration of the first leader says, made everybody's; without effect if there is a
   * roster already.
   */
  record Begin(SortedMap<String, MemberAddress> members) implements RosterChange {}

  /** The version written. */
  byte VERSION = 1;

  /** This change as bytes. */
  default byte[] encode() {
    ByteBuffer to = ByteBuffer.allocate(2 + Roster.MAX_BYTES).put(VERSION);
    if (this instanceof Put put) {
      Roster.putMember(to.put((byte) 1), put.name(), put.address());
    } else if (this instanceof Remove remove) {
      Roster.putText(to.put((byte) 2), remove.name());
    } else if (this instanceof Begin begin) {
      Roster.putMembers(to.put((byte) 3), begin.members());
    }
    return written(to);
  }

  /**
   * Reads a change.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static RosterChange decode(byte[] bytes) {
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      byte version = from.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("a change of members of version " + version);
      }
      byte what = from.get();
      RosterChange change =
          switch (what) {
            case 1 -> new Put(Roster.text(from), Roster.address(from));
            case 2 -> new Remove(Roster.text(from));
            case 3 -> new Begin(Roster.members(from));
            default -> throw new IllegalArgumentException("no change of members is " + what);
          };
      if (from.hasRemaining()) {
        throw new IllegalArgumentException(from.remaining() + " bytes after a change of members");
      }
      return change;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a change of members cut after " + bytes.length + " bytes", e);
    }
  }

  /** What was written so far. */
  static byte[] written(ByteBuffer to) {
    byte[] bytes = new byte[to.position()];
    to.flip().get(bytes);
    return bytes;
  }
}
