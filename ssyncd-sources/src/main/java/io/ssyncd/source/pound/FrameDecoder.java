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
import io.ssyncd.session.Interner;
import io.ssyncd.session.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a stream that arrives in pieces of any size. Goes by the fields alone: the
 * length that Pound writes is always 5. Holds at most one incomplete frame, {@link
 * FrameEncoder#MAX_FRAME} bytes. Not thread-safe.
 *
 * <p>What Pound cannot have sent means that the stream is out of step, and ends it before it is
 * taken for sessions. Beside another magic, type, farm or action that is:
 *
 * <ul>
 *   <li>an empty key or address of a session. Pound 2.8a.15 refuses empty keys; and of an empty
 *       string it would leave out the length byte as well, so that nothing behind it can be told;
 *   <li>a NUL in a key or an address, which are C strings to Pound. In a WRITE, which we send, they
 *       end before their first NUL, as they do for Pound;
 *   <li>a last access of more than 32 bits: Pound sends no more of it.
 * </ul>
 */
public final class FrameDecoder {
  private static final int INCOMPLETE = -1;

  private final String farm;
  private final byte[] farmBytes;
  private final byte[] start = new byte[FrameEncoder.MAX_FRAME];
  private final ByteBuffer held = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private final Interner interner = new Interner();
  private long offset;
  private @Nullable Frame frame;
  private @Nullable MalformedFrameException fault;

  /**
   * A decoder for the socket of one farm, at the beginning of its stream.
   *
   * @throws IllegalArgumentException if no farm can have that name
   */
  public FrameDecoder(String farm) {
    this.farm = Scope.farm(farm).name();
    this.farmBytes = farm.getBytes(StandardCharsets.UTF_8);
  }

  /** How many bytes of whole frames there were so far: where the next frame begins. */
  public long offset() {
    return offset;
  }

  /** How many bytes of an incomplete frame are held; when a stream ends, what was cut off. */
  public int incomplete() {
    return held.limit();
  }

  /**
   * Takes all of {@code in} and hands out every frame that is whole now. Whatever {@code out}
   * throws comes through; its frame counts as taken, and the rest of {@code in} remains.
   *
   * @throws MalformedFrameException if this is no stream of frames of this farm; frames before were
   *     handed out. The decoder is of no more use then: every further call throws the same
   */
  public void feed(ByteBuffer in, Consumer<Frame> out) throws MalformedFrameException {
    if (fault != null) {
      throw fault;
    }
    try {
      takeAll(in, out);
    } catch (MalformedFrameException e) {
      fault = e;
      throw e;
    }
  }

  private void takeAll(ByteBuffer in, Consumer<Frame> out) throws MalformedFrameException {
    ByteBuffer stream = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      stream.position(in.position());
      if (held.hasRemaining()) {
        completeHeld(stream, in, out);
        continue;
      }
      int length = parse(stream);
      if (length == INCOMPLETE) {
        held.limit(in.remaining());
        in.get(start, 0, held.limit());
        return;
      }
      in.position(in.position() + length);
      hand(length, out);
    }
  }

  /** Adds to the incomplete frame as much as may belong to it. */
  private void completeHeld(ByteBuffer stream, ByteBuffer in, Consumer<Frame> out)
      throws MalformedFrameException {
    int before = held.limit();
    int more = Math.min(in.remaining(), start.length - before);
    stream.get(stream.position(), start, before, more);
    held.limit(before + more);
    int length = parse(held);
    if (length == INCOMPLETE) {
      in.position(in.position() + more);
      return;
    }
    // An incomplete frame is shorter than itself: what completed it came from this stream.
    in.position(in.position() + length - before);
    held.limit(0);
    hand(length, out);
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
   * Reads the frame at the buffer's position, without moving it: its length, and {@link #frame}. A
   * field is checked as soon as it is there, in their order, so that the first fault is the same
   * however the stream is cut.
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
    int keyAt = at + IDS_BYTES + 1;
    if (keyAt > end) {
      return INCOMPLETE;
    }
    int keyLength = in.get(keyAt - 1) & 0xff;
    if (keyLength == 0 && action != ACTION_IGNORED) {
      throw new MalformedFrameException(offset, "has an empty key");
    }
    if (keyAt + keyLength > end) {
      return INCOMPLETE;
    }
    if (action == ACTION_IGNORED) {
      frame = new Frame.Other(action);
      return keyAt + keyLength - from;
    }
    if (action == ACTION_DELETE) {
      frame = new Frame.Delete(key(in, at, action));
      return keyAt + keyLength - from;
    }
    int length = parseAddress(in, at, keyAt + keyLength, action);
    return length == INCOMPLETE ? INCOMPLETE : length - from;
  }

  /** Goes on behind the key: where the frame ends, and {@link #frame}. */
  private int parseAddress(ByteBuffer in, int ids, int at, int action)
      throws MalformedFrameException {
    int end = in.limit();
    if (at + 1 > end) {
      return INCOMPLETE;
    }
    int length = in.get(at) & 0xff;
    if (length == 0) {
      throw new MalformedFrameException(offset, "has an empty address");
    }
    int timeAt = at + 1 + length;
    if (timeAt + Long.BYTES > end) {
      return INCOMPLETE;
    }
    HttpKey key = key(in, ids, action);
    HttpSession session =
        new HttpSession(
            key,
            in.getInt(ids + 8) & HttpKey.MAX_ID,
            interner.address(text(in, at, action, "address")),
            seconds(in.getLong(timeAt)) * 1000);
    frame =
        switch (action) {
          case ACTION_ADD -> new Frame.Add(session);
          case ACTION_UPDATE -> new Frame.Update(session);
          default -> new Frame.Write(session);
        };
    return timeAt + Long.BYTES;
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

  private HttpKey key(ByteBuffer in, int ids, int action) throws MalformedFrameException {
    Bytes key = text(in, ids + IDS_BYTES, action, "key");
    if (key.length() == 0) {
      throw new MalformedFrameException(offset, "has a key that begins with a NUL");
    }
    return new HttpKey(
        farm, in.getInt(ids) & HttpKey.MAX_ID, in.getInt(ids + 4) & HttpKey.MAX_ID, key);
  }

  /** The bytes that the one at {@code at} counts. */
  private Bytes text(ByteBuffer in, int at, int action, String what)
      throws MalformedFrameException {
    int counted = in.get(at) & 0xff;
    int length = 0;
    while (length < counted && in.get(at + 1 + length) != 0) {
      length++;
    }
    if (length < counted && action != ACTION_WRITE) {
      throw new MalformedFrameException(offset, "has a NUL in its " + what);
    }
    int position = in.position();
    Bytes text = Bytes.read(in.position(at + 1), length);
    in.position(position);
    return text;
  }
}
