package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig.MemberAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What somebody says of itself who wants to be a member. As bytes, big-endian: {@code version u8 =
 * 1 | known u8, and if 1 the cluster's name | name | host | port u16 | witness u8}, names in UTF-8
 * behind a byte that counts them.
 *
 * @param cluster whose data it holds; empty if it holds none
 * @param name what it would like to be called; with a cluster: what it is called there
 * @param address where it listens
 */
public record Introduction(Optional<String> cluster, String name, MemberAddress address) {
  private static final byte VERSION = 1;
  private static final int MAX_BYTES = 2 + 3 * 256 + 3;

  byte[] encode() {
    ByteBuffer to = ByteBuffer.allocate(MAX_BYTES).put(VERSION);
    to.put((byte) (cluster.isPresent() ? 1 : 0));
    cluster.ifPresent(known -> Roster.putText(to, known));
    Roster.putMember(to, name, address);
    return RosterChange.written(to);
  }

  /**
   * Reads an introduction.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Introduction decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("an introduction of " + bytes.length + " bytes");
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      byte version = from.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("an introduction of version " + version);
      }
      Optional<String> cluster =
          from.get() == 0 ? Optional.empty() : Optional.of(Roster.text(from));
      return new Introduction(cluster, Roster.text(from), Roster.address(from));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an introduction cut after " + bytes.length + " bytes", e);
    }
  }
}
