package io.ssyncd.source.pound;

import static io.ssyncd.source.pound.FrameFormat.ACTION_ADD;
import static io.ssyncd.source.pound.FrameFormat.ACTION_DELETE;
import static io.ssyncd.source.pound.FrameFormat.ACTION_IGNORED;
import static io.ssyncd.source.pound.FrameFormat.ACTION_SYNC_REQUEST;
import static io.ssyncd.source.pound.FrameFormat.ACTION_UPDATE;
import static io.ssyncd.source.pound.FrameFormat.ACTION_WRITE;
import static io.ssyncd.source.pound.FrameFormat.HEAD_BYTES;
import static io.ssyncd.source.pound.FrameFormat.IDS_BYTES;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a stream that arrives in pieces of any size. Goes by the fields alone: the
 * length that Pound writes is always 5. Holds at most one incomplete frame, {@link
 * FrameEncoder#MAX_FRAME} bytes. Not thread-safe.
 */
public final class FrameDecoder {
  private static final int INCOMPLETE = -1;

  private final String farm;
  private final byte[] farmBytes;
  private final byte[] start = new byte[FrameEncoder.MAX_FRAME];
  private final ByteBuffer held = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long offset;
  private @Nullable Frame frame;

  /** A decoder for the socket of one farm, at the beginning of its stream. */
  public FrameDecoder(String farm) {
    this.farm = farm;
    this.farmBytes = farm.getBytes(StandardCharsets.UTF_8);
  }

  /** How many bytes of whole frames there were so far: where the next frame begins. */
  public long offset() {
    return offset;
  }

  /**
   * Takes all of {@code in} and hands out every frame that is whole now.
   *
   * @throws MalformedFrameException if this is no stream of frames of this farm; frames before were
   *     handed out, and the decoder is of no more use
   */
  public void feed(ByteBuffer in, Consumer<Frame> out) throws MalformedFrameException {
    ByteBuffer stream = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.limit());
    if (held.hasRemaining() && !completeHeld(stream, out)) {
      return;
    }
    while (stream.hasRemaining()) {
      int length = parse(stream);
      if (length == INCOMPLETE) {
        held.limit(stream.remaining()).position(0);
        stream.get(start, 0, held.limit());
        return;
      }
      stream.position(stream.position() + length);
      hand(length, out);
    }
  }

  /** Adds to the incomplete frame; false if it is incomplete still. */
  private boolean completeHeld(ByteBuffer stream, Consumer<Frame> out)
      throws MalformedFrameException {
    int before = held.limit();
    int more = Math.min(stream.remaining(), start.length - before);
    stream.get(stream.position(), start, before, more);
    held.limit(before + more);
    int length = parse(held);
    if (length == INCOMPLETE) {
      stream.position(stream.position() + more);
      return false;
    }
    // An incomplete frame is shorter than itself: what completed it came from this stream.
    stream.position(stream.position() + length - before);
    held.limit(0);
    hand(length, out);
    return true;
  }

  private void hand(int length, Consumer<Frame> out) {
    offset += length;
    Frame whole = frame;
    frame = null;
    if (whole != null) {
      out.accept(whole);
    }
  }

  /**
   * Reads the frame at the buffer's position, without moving it: its length, and {@link #frame}.
   */
  private int parse(ByteBuffer in) throws MalformedFrameException {
    int from = in.position();
    int end = in.limit();
    requireHead(in, from, end);
    int at = from + HEAD_BYTES;
    if (at > end) {
      return INCOMPLETE;
    }
    int action = in.get(from + 5) & 0xff;
    int name = in.get(from + 6) & 0xff;
    requireFarm(in, at, Math.min(name, end - at), name);
    at += name;
    if (at > end) {
      return INCOMPLETE;
    }
    if (action == ACTION_SYNC_REQUEST) {
      frame = new Frame.SyncRequest(farm);
      return at - from;
    }
    if (at + IDS_BYTES + 1 > end) {
      return INCOMPLETE;
    }
    int ids = at;
    at += IDS_BYTES;
    int keyLength = in.get(at) & 0xff;
    int keyAt = at + 1;
    at = keyAt + keyLength;
    if (at > end) {
      return INCOMPLETE;
    }
    if (action == ACTION_DELETE || action == ACTION_IGNORED) {
      boolean means = action == ACTION_DELETE && keyLength > 0;
      frame = means ? new Frame.Delete(key(in, ids, keyAt, keyLength)) : new Frame.Other(action);
      return at - from;
    }
    if (at + 1 > end) {
      return INCOMPLETE;
    }
    int addressLength = in.get(at) & 0xff;
    int addressAt = at + 1;
    at = addressAt + addressLength + Long.BYTES;
    if (at > end) {
      return INCOMPLETE;
    }
    long seconds = seconds(in.getLong(addressAt + addressLength));
    frame =
        keyLength == 0
            ? new Frame.Other(action)
            : of(
                action,
                new HttpSession(
                    key(in, ids, keyAt, keyLength),
                    in.getInt(ids + 8) & HttpKey.MAX_ID,
                    bytes(in, addressAt, addressLength),
                    seconds * 1000));
    return at - from;
  }

  private void requireHead(ByteBuffer in, int from, int end) throws MalformedFrameException {
    if (from < end && (in.get(from) & 0xff) != FrameFormat.MAGIC_0
        || from + 1 < end && (in.get(from + 1) & 0xff) != FrameFormat.MAGIC_1) {
      throw new MalformedFrameException(offset, "does not begin with ef ab");
    }
    if (from + 2 < end && in.get(from + 2) != FrameFormat.TYPE_HTTP) {
      throw new MalformedFrameException(offset, "is of type " + (in.get(from + 2) & 0xff));
    }
    if (from + 5 < end && (in.get(from + 5) & 0xff) > ACTION_WRITE) {
      throw new MalformedFrameException(offset, "has the action " + (in.get(from + 5) & 0xff));
    }
  }

  private void requireFarm(ByteBuffer in, int at, int there, int length)
      throws MalformedFrameException {
    boolean same = length == farmBytes.length;
    for (int i = 0; same && i < there; i++) {
      same = in.get(at + i) == farmBytes[i];
    }
    if (!same) {
      throw new MalformedFrameException(offset, "is of another farm than " + farm);
    }
  }

  private long seconds(long seconds) throws MalformedFrameException {
    if (seconds < 0 || seconds > FrameFormat.MAX_SECONDS) {
      throw new MalformedFrameException(
          offset, "has the last access " + Long.toUnsignedString(seconds));
    }
    return seconds;
  }

  private HttpKey key(ByteBuffer in, int ids, int at, int length) {
    return new HttpKey(
        farm,
        in.getInt(ids) & HttpKey.MAX_ID,
        in.getInt(ids + 4) & HttpKey.MAX_ID,
        bytes(in, at, length));
  }

  private static Frame of(int action, HttpSession session) {
    return switch (action) {
      case ACTION_ADD -> new Frame.Add(session);
      case ACTION_UPDATE -> new Frame.Update(session);
      default -> new Frame.Write(session);
    };
  }

  private static Bytes bytes(ByteBuffer in, int at, int length) {
    if (in.hasArray()) {
      return Bytes.of(in.array(), in.arrayOffset() + at, length);
    }
    byte[] copy = new byte[length];
    in.get(at, copy);
    return Bytes.of(copy);
  }
}
