package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig.MemberAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The answer to an {@link Introduction}. As bytes, big-endian: {@code version u8 = 1 | code u8 |
 * cluster | name | count and the members, as in a {@link Roster} | text length u16, text}.
 *
 * @param code what becomes of the asker
 * @param cluster the name of the cluster that was asked
 * @param name what the asker is called in it; without meaning if it is no member
 * @param members all members
 * @param text for people: why not, and what to do
 */
public record Introduced(
    Code code, String cluster, String name, SortedMap<String, MemberAddress> members, String text) {
  private static final byte VERSION = 1;
  private static final int MAX_TEXT_BYTES = 1024;
  private static final int MAX_BYTES = 2 + 2 * 256 + Roster.MAX_BYTES + 2 + MAX_TEXT_BYTES;

  /** What becomes of who introduced itself. */
  public enum Code {
    /** It is a member. */
    MEMBER,
    /** Not yet: ask again. */
    LATER,
    /** Not by itself: an operator has to take it in. */
    OPERATOR,
    /** It holds the data of another cluster: it has to come empty. */
    OTHER_CLUSTER
  }

  public Introduced {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  byte[] encode() {
    ByteBuffer to = ByteBuffer.allocate(MAX_BYTES).put(VERSION).put((byte) code.ordinal());
    Roster.putText(to, cluster);
    Roster.putText(to, name);
    Roster.putMembers(to, members);
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    byte[] some = Arrays.copyOf(words, Math.min(words.length, MAX_TEXT_BYTES));
    return RosterChange.written(to.putShort((short) some.length).put(some));
  }

  /**
   * Reads an answer.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Introduced decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("an answer of " + bytes.length + " bytes");
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      byte version = from.get();
      int code = from.get();
      if (version != VERSION || code < 0 || code >= Code.values().length) {
        throw new IllegalArgumentException("an answer of version " + version + ", code " + code);
      }
      String cluster = Roster.text(from);
      String name = Roster.text(from);
      SortedMap<String, MemberAddress> members = Roster.members(from);
      byte[] text = new byte[from.getShort() & 0xffff];
      from.get(text);
      return new Introduced(
          Code.values()[code], cluster, name, members, new String(text, StandardCharsets.UTF_8));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an answer cut after " + bytes.length + " bytes", e);
    }
  }
}
