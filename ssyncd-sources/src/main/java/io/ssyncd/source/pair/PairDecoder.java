package io.ssyncd.source.pair;

import static io.ssyncd.source.pair.PairFormat.HEAD_BYTES;
import static io.ssyncd.source.pair.PairFormat.MAX_FRAME;

import io.ssyncd.source.pound.MalformedFrameException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a stream that arrives in pieces of any size. Holds at most one incomplete
 * frame, {@link PairFormat#MAX_FRAME} bytes; a longer one is passed over as it comes. Not
 * thread-safe.
 *
 * <p>The original writes true lengths, so a frame whose fields make no sense costs that frame
 * alone: it is handed out as {@link PairFrame.Refused}. Another magic, an unknown type or a length
 * below the head's means that the stream is out of step, and ends it.
 */
public final class PairDecoder {
  private final byte[] frame = new byte[MAX_FRAME];
  private final PairFields fields = new PairFields();
  private int held;
  private int length;
  private int toSkip;
  private long offset;
  private @Nullable MalformedFrameException fault;

  /** How many bytes of whole frames there were so far: where the next frame begins. */
  public long offset() {
    return offset;
  }

  /** How many bytes of an incomplete frame are here; when a stream ends, what was cut off. */
  public int incomplete() {
    return toSkip > 0 ? length - toSkip : held;
  }

  /**
   * Takes all of {@code in} and hands out every frame that is whole now. Whatever {@code out}
   * throws comes through; its frame counts as taken, and the rest of {@code in} remains.
   *
   * @throws MalformedFrameException if this is no stream of frames; frames before were handed out.
   *     The decoder is of no more use then: every further call throws the same
   */
  public void feed(ByteBuffer in, Consumer<PairFrame> out) throws MalformedFrameException {
    if (fault != null) {
      throw fault;
    }
    while (in.hasRemaining()) {
      if (toSkip > 0) {
        skip(in, out);
      } else if (held < HEAD_BYTES) {
        take(in, HEAD_BYTES);
        if (held == HEAD_BYTES) {
          head(out);
        }
      } else {
        take(in, length);
        if (held == length) {
          whole(fields.read(frame, length, offset), out);
        }
      }
    }
  }

  private void take(ByteBuffer in, int until) {
    int part = Math.min(in.remaining(), until - held);
    in.get(frame, held, part);
    held += part;
  }

  private void skip(ByteBuffer in, Consumer<PairFrame> out) {
    int part = Math.min(in.remaining(), toSkip);
    in.position(in.position() + part);
    toSkip -= part;
    if (toSkip == 0) {
      whole(new PairFrame.Refused(frame[2] & 0xff, "too-long", offset), out);
    }
  }

  /** The head is here. */
  private void head(Consumer<PairFrame> out) throws MalformedFrameException {
    if ((frame[0] & 0xff) != PairFormat.MAGIC_0 || (frame[1] & 0xff) != PairFormat.MAGIC_1) {
      throw end("does not begin with ef ab");
    }
    int type = frame[2] & 0xff;
    if (type == 0 || type > PairFormat.LAST_TYPE) {
      throw end("is of type " + type);
    }
    int said = frame[3] & 0xff | (frame[4] & 0xff) << 8;
    boolean bare =
        type == PairFormat.TYPE_CONNECT
            || type == PairFormat.TYPE_DISCONNECT
            || type == PairFormat.TYPE_SYNC_REQUEST;
    if (said < HEAD_BYTES && !(bare && said == 0)) {
      throw end("has the length " + said);
    }
    length = Math.max(HEAD_BYTES, said);
    if (length == HEAD_BYTES) {
      whole(fields.read(frame, length, offset), out);
    } else if (length > MAX_FRAME) {
      toSkip = length - HEAD_BYTES;
    }
  }

  private void whole(PairFrame made, Consumer<PairFrame> out) {
    offset += length;
    held = 0;
    out.accept(made);
  }

  private MalformedFrameException end(String what) {
    MalformedFrameException made = new MalformedFrameException(offset, what);
    fault = made;
    return made;
  }
}
