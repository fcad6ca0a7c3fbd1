package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a member tells the others of itself, beside the log. New fields are added at the end; what a
 * member does not know it leaves unread.
 *
 * @param appliedIndex how far its table is
 * @param state where its promotion stands
 * @param holdsVip whether it has one of the configured addresses
 * @param configurations a digest of each farm's configuration, of the first {@value #MAX_FARMS}
 */
record Notice(
    long appliedIndex,
    NodeState state,
    boolean holdsVip,
    SortedMap<String, String> configurations) {
  /** A notice has room for so many farms. */
  static final int MAX_FARMS = 100;

  /** Enough of a digest to tell files apart. */
  private static final int DIGEST_CHARS = 16;

  private static final int VERSION = 1;

  Notice {
    configurations = Collections.unmodifiableSortedMap(new TreeMap<>(configurations));
  }

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(appliedIndex);
      out.writeByte(state.ordinal());
      out.writeBoolean(holdsVip);
      out.writeByte(Math.min(configurations.size(), MAX_FARMS));
      int left = MAX_FARMS;
      for (Map.Entry<String, String> farm : configurations.entrySet()) {
        if (left-- == 0) {
          break;
        }
        out.writeUTF(farm.getKey());
        String digest = farm.getValue();
        out.writeUTF(digest.substring(0, Math.min(DIGEST_CHARS, digest.length())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes what is written", e);
    }
    if (bytes.size() > ReplicatedLog.MAX_NOTICE_BYTES) {
      throw new IllegalStateException("a notice of " + bytes.size() + " bytes");
    }
    return bytes.toByteArray();
  }

  /** What another member told; null for what is no notice, or of a release that tells otherwise. */
  static @Nullable Notice decode(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readUnsignedByte() < VERSION) {
        return null;
      }
      long applied = in.readLong();
      int state = in.readUnsignedByte();
      boolean vip = in.readBoolean();
      SortedMap<String, String> configurations = new TreeMap<>();
      for (int farms = in.readUnsignedByte(); farms > 0; farms--) {
        configurations.put(in.readUTF(), in.readUTF());
      }
      NodeState[] states = NodeState.values();
      return state < states.length ? new Notice(applied, states[state], vip, configurations) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
