package io.ssyncd.source.pound;

import java.io.IOException;

/**
 * Bytes that no Pound sends. There is no way back into step within a stream: the connection has to
 * be opened again.
 */
public final class MalformedFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * Names what is wrong, without the bytes: they may be a session key.
   *
   * @param offset of the frame in its stream, in bytes
   */
  public MalformedFrameException(long offset, String what) {
    super("frame at byte " + offset + ": " + what);
    this.offset = offset;
  }

  /** Where in its stream the frame begins, in bytes. */
  public long offset() {
    return offset;
  }
}
