package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@link Notice} as bytes: a version, then fields of a tag (u8), a length (u16) and a body. Fields
 * that are not known are passed over, those that are missing have their empty value, so that
 * releases understand each other. Big-endian; names in UTF-8.
 */
final class NoticeCodec {
  private static final byte VERSION = 1;
  private static final int APPLIED = 1;
  private static final int STATE = 2;
  private static final int HOLDS_VIP = 3;
  private static final int STARTED = 4;
  private static final int CONFIGURATION = 5;
  private static final int SILENT = 6;
  private static final int MARK = 7;
  private static final int MARKED_SCOPE = 8;
  private static final int SERVED_ALONE = 9;
  private static final int PURGED = 10;

  /** What scopes of a mark may take; the rest is left to the farms. */
  private static final int MAX_SCOPE_BYTES = 3 * 1024;

  /** The part of a digest that counts. */
  private static final int MAX_DIGEST = 64;

  private NoticeCodec() {}

  /**
   * At most {@link ReplicatedLog#MAX_NOTICE_BYTES}; farms that do not fit are left out, those that
   * are silent last: leadership goes by them.
   */
  static byte[] encode(Notice notice) {
    ByteBuffer to = ByteBuffer.allocate(ReplicatedLog.MAX_NOTICE_BYTES);
    to.put(VERSION);
    field(to, APPLIED, 8).putLong(notice.appliedIndex());
    byte[] state = notice.state().name().getBytes(StandardCharsets.UTF_8);
    field(to, STATE, state.length).put(state);
    field(to, HOLDS_VIP, 1).put((byte) (notice.holdsVip() ? 1 : 0));
    field(to, SERVED_ALONE, 1).put((byte) (notice.servedAlone() ? 1 : 0));
    field(to, STARTED, 8).putLong(notice.startedMs());
    if (notice.purged() != 0) {
      field(to, PURGED, 8).putLong(notice.purged());
    }
    notice.hearing().silent().forEach((farm, why) -> silent(to, farm, why));
    if (notice.marked() != null) {
      mark(to, notice.marked());
    }
    for (Map.Entry<String, String> farm : notice.configurations().entrySet()) {
      byte[] name = farm.getKey().getBytes(StandardCharsets.UTF_8);
      byte[] digest = shortened(farm.getValue());
      int length = 1 + name.length + digest.length;
      if (name.length < 256 && to.remaining() >= 3 + length) {
        field(to, CONFIGURATION, length).put((byte) name.length).put(name).put(digest);
      }
    }
    byte[] bytes = new byte[to.position()];
    to.flip().get(bytes);
    return bytes;
  }

  private static void silent(ByteBuffer to, String farm, Hearing.Silence why) {
    byte[] name = farm.getBytes(StandardCharsets.UTF_8);
    if (to.remaining() >= 3 + 1 + name.length) {
      field(to, SILENT, 1 + name.length).put((byte) why.ordinal()).put(name);
    }
  }

  private static void mark(ByteBuffer to, Notice.Marked mark) {
    if (to.remaining() < 3 + 17) {
      return;
    }
    ByteBuffer body = field(to, MARK, 17).putLong(mark.index()).putLong(digest(mark.digest()));
    int whole = body.position();
    body.put((byte) (mark.whole() ? 1 : 0));
    int end = Math.min(to.position() + MAX_SCOPE_BYTES, to.capacity());
    for (Map.Entry<Scope, MarkedScopes.Marked> each : mark.scopes().entrySet()) {
      byte[] name = each.getKey().name().getBytes(StandardCharsets.UTF_8);
      int length = 1 + 8 + 8 + name.length;
      if (to.position() + 3 + length > end) {
        to.put(whole, (byte) 0);
        return;
      }
      field(to, MARKED_SCOPE, length)
          .put((byte) each.getKey().kind().code())
          .putLong(each.getValue().records())
          .putLong(digest(each.getValue().digest()))
          .put(name);
    }
  }

  private static long digest(String text) {
    return Long.parseUnsignedLong(text, 16);
  }

  private static String digest(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  private static byte[] shortened(String digest) {
    String part = digest.length() > MAX_DIGEST ? digest.substring(0, MAX_DIGEST) : digest;
    return part.getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer field(ByteBuffer to, int tag, int length) {
    return to.put((byte) tag).putShort((short) length);
  }

  /** The notice, or null if the bytes are none: of another version, or damaged. */
  static @Nullable Notice decode(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0 || bytes[0] != VERSION) {
      return null;
    }
    try {
      return read(ByteBuffer.wrap(bytes, 1, bytes.length - 1));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Notice read(ByteBuffer from) {
    long applied = 0;
    NodeState state = NodeState.FOLLOWER;
    boolean holdsVip = false;
    boolean servedAlone = false;
    long started = 0;
    long purged = 0;
    SortedMap<String, Hearing.Silence> silent = new TreeMap<>();
    SortedMap<String, String> configurations = new TreeMap<>();
    SortedMap<Scope, MarkedScopes.Marked> scopes = new TreeMap<>();
    Notice.Marked mark = null;
    while (from.hasRemaining()) {
      int tag = from.get() & 0xff;
      int length = from.getShort() & 0xffff;
      if (length > from.remaining()) {
        throw new BufferUnderflowException();
      }
      ByteBuffer body = from.slice(from.position(), length);
      from.position(from.position() + length);
      switch (tag) {
        case APPLIED -> applied = body.getLong();
        case STATE -> state = state(text(body));
        case HOLDS_VIP -> holdsVip = body.get() != 0;
        case SERVED_ALONE -> servedAlone = body.get() != 0;
        case STARTED -> started = body.getLong();
        case PURGED -> purged = body.getLong();
        case SILENT -> {
          Hearing.Silence why = silence(body.get());
          silent.put(text(body), why);
        }
        case CONFIGURATION -> {
          int nameLength = body.get() & 0xff;
          String name = text(body.slice(body.position(), nameLength));
          body.position(body.position() + nameLength);
          configurations.put(name, text(body));
        }
        case MARK ->
            mark =
                new Notice.Marked(body.getLong(), digest(body.getLong()), body.get() != 0, scopes);
        case MARKED_SCOPE -> markedScope(body, scopes);
        default -> {
          // A newer release says more than this one knows.
        }
      }
    }
    if (mark != null) {
      mark = new Notice.Marked(mark.index(), mark.digest(), mark.whole(), scopes);
    }
    return new Notice(
        applied,
        state,
        holdsVip,
        servedAlone,
        started,
        new Hearing(silent),
        configurations,
        purged,
        mark);
  }

  /** A scope of a kind that this release does not know is passed over. */
  private static void markedScope(ByteBuffer body, SortedMap<Scope, MarkedScopes.Marked> scopes) {
    int code = body.get();
    var marked = new MarkedScopes.Marked(body.getLong(), digest(body.getLong()));
    for (Kind kind : Kind.values()) {
      if (kind.code() == code) {
        scopes.put(new Scope(kind, text(body)), marked);
      }
    }
  }

  /** A state that this release does not know is taken for the first one. */
  private static NodeState state(String name) {
    for (NodeState state : NodeState.values()) {
      if (state.name().equals(name)) {
        return state;
      }
    }
    return NodeState.FOLLOWER;
  }

  /** A reason that this release does not know is taken for the one that passes. */
  private static Hearing.Silence silence(byte ordinal) {
    return ordinal == Hearing.Silence.DEAF.ordinal() ? Hearing.Silence.DEAF : Hearing.Silence.AWAY;
  }

  private static String text(ByteBuffer body) {
    return StandardCharsets.UTF_8.decode(body.slice()).toString();
  }
}
