package io.ssyncd.source.pair;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Interner;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one whole frame. Not thread-safe. */
final class PairFields {
  private final Interner interner = new Interner();

  /** Why a frame cannot be kept, as a word. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * What a frame says.
   *
   * @param offset of the frame in its stream
   */
  PairFrame read(byte[] frame, int length, long offset) {
    ByteBuffer in = ByteBuffer.wrap(frame, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    int type = in.get(2) & 0xff;
    in.position(PairFormat.HEAD_BYTES);
    try {
      return switch (type) {
        case PairFormat.TYPE_SYNC_REQUEST -> new PairFrame.SyncRequest();
        case PairFormat.TYPE_HTTP -> http(in);
        case PairFormat.TYPE_RECENT -> recent(in);
        default -> new PairFrame.Other(type);
      };
    } catch (RefusedException e) {
      return new PairFrame.Refused(type, String.valueOf(e.getMessage()), offset);
    } catch (BufferUnderflowException e) {
      return new PairFrame.Refused(type, "cut-short", offset);
    }
  }

  private PairFrame http(ByteBuffer in) throws RefusedException {
    int action = in.get() & 0xff;
    if (action != PairFormat.ACTION_CLEAR
        && action != PairFormat.ACTION_ADD
        && action != PairFormat.ACTION_DELETE
        && action != PairFormat.ACTION_UPDATE) {
      return new PairFrame.Other(PairFormat.TYPE_HTTP);
    }
    String farm = interner.name(name(in, in.get() & 0xff, "farm-name"));
    requireName(Scope::farm, farm, "farm-name");
    if (action == PairFormat.ACTION_CLEAR) {
      // What follows was never written by its sender: it is whatever was in its memory.
      return new PairFrame.FarmCleared(farm);
    }
    long listener = in.getInt() & HttpKey.MAX_ID;
    long service = in.getInt() & HttpKey.MAX_ID;
    long backend = in.getInt() & HttpKey.MAX_ID;
    Bytes bytes = text(in, "key");
    HttpKey key = new HttpKey(farm, listener, service, bytes);
    if (action == PairFormat.ACTION_DELETE) {
      requireEnd(in);
      return new PairFrame.SessionGone(key);
    }
    Bytes address = interner.address(text(in, "address"));
    long seconds = in.getLong();
    requireEnd(in);
    if (seconds < 0 || seconds > PairFormat.MAX_SECONDS) {
      throw new RefusedException("last-access");
    }
    return new PairFrame.Session(
        new HttpSession(key, backend, address, seconds * 1000), action == PairFormat.ACTION_ADD);
  }

  private PairFrame recent(ByteBuffer in) throws RefusedException {
    int action = in.get() & 0xff;
    if (action != PairFormat.RECENT_UPDATE && action != PairFormat.RECENT_DELETE) {
      return new PairFrame.Other(PairFormat.TYPE_RECENT);
    }
    if (in.get() != PairFormat.FAMILY_IPV4) {
      throw new RefusedException("family");
    }
    Bytes address = bytes(in, 4);
    int index = 0;
    int ttl = 0;
    long[] jiffies = {};
    if (action == PairFormat.RECENT_UPDATE) {
      index = in.get() & 0xff;
      ttl = in.get() & 0xff;
      jiffies = new long[in.get() & 0xff];
      for (int i = 0; i < jiffies.length; i++) {
        jiffies[i] = in.getLong();
      }
    }
    // The count includes a NUL that is not sent.
    String table = interner.name(name(in, (in.get() & 0xff) - 1, "table-name"));
    requireEnd(in);
    requireName(Scope::table, table, "table-name");
    RecentKey key = new RecentKey(table, address);
    if (action == PairFormat.RECENT_DELETE) {
      return new PairFrame.EntryGone(key);
    }
    requireStamps(jiffies);
    return new PairFrame.Entry(key, ttl, index, jiffies);
  }

  /** A counter of 64 bits that has run for 600,000 years at 1000 Hz is none. */
  private static void requireStamps(long[] jiffies) throws RefusedException {
    if (jiffies.length == 0) {
      throw new RefusedException("no-stamps");
    }
    for (long stamp : jiffies) {
      if (stamp < 0 || stamp > Long.MAX_VALUE / 2000) {
        throw new RefusedException("stamp");
      }
    }
  }

  private static void requireEnd(ByteBuffer in) throws RefusedException {
    if (in.hasRemaining()) {
      throw new RefusedException("too-long");
    }
  }

  private interface Check {
    Scope of(String name);
  }

  private static void requireName(Check check, String name, String reason) throws RefusedException {
    try {
      Scope unused = check.of(name);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(reason);
    }
  }

  /** Bytes that the one before counts, which are a C string to Pound: not empty, without a NUL. */
  private static Bytes text(ByteBuffer in, String what) throws RefusedException {
    Bytes text = bytes(in, in.get() & 0xff);
    if (text.length() == 0) {
      throw new RefusedException("empty-" + what);
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.at(i) == 0) {
        throw new RefusedException("nul-in-" + what);
      }
    }
    return text;
  }

  private static Bytes bytes(ByteBuffer in, int length) {
    if (in.remaining() < length) {
      throw new BufferUnderflowException();
    }
    return Bytes.read(in, length);
  }

  private static String name(ByteBuffer in, int length, String reason) throws RefusedException {
    if (length < 0) {
      throw new RefusedException(reason);
    }
    if (in.remaining() < length) {
      throw new BufferUnderflowException();
    }
    ByteBuffer utf8 = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedException(reason);
    }
  }
}
