package io.ssyncd.source.pound;

/** The constants of {@link Frame}'s layout. */
final class FrameFormat {
  static final int MAGIC_0 = 0xef;
  static final int MAGIC_1 = 0xab;

  /** The type of all frames of the session-sync socket. */
  static final int TYPE_HTTP = 6;

  static final int ACTION_IGNORED = 0;
  static final int ACTION_SYNC_REQUEST = 1;
  static final int ACTION_ADD = 2;
  static final int ACTION_DELETE = 3;
  static final int ACTION_UPDATE = 4;
  static final int ACTION_WRITE = 5;

  /** Where the length stands. */
  static final int AT_LENGTH = 3;

  /** Magic, type, length, action and the farm's length. */
  static final int HEAD_BYTES = 7;

  /** Listener, service and backend. */
  static final int IDS_BYTES = 12;

  /** Pound sends a last access of 32 bits (up to the year 2106) in the field of 64. */
  static final long MAX_SECONDS = 0xffff_ffffL;

  private FrameFormat() {}
}
