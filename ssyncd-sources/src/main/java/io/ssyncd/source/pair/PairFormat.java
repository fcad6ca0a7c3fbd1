package io.ssyncd.source.pair;

/** The constants of {@link PairFrame}'s layout. */
final class PairFormat {
  static final int MAGIC_0 = 0xef;
  static final int MAGIC_1 = 0xab;

  static final int TYPE_CONNECT = 1;
  static final int TYPE_DISCONNECT = 2;
  static final int TYPE_RECENT = 4;
  static final int TYPE_HTTP = 6;
  static final int TYPE_SYNC_REQUEST = 8;

  /** The types that the original knows end here. */
  static final int LAST_TYPE = 8;

  static final int ACTION_CLEAR = 0;
  static final int ACTION_ADD = 2;
  static final int ACTION_DELETE = 3;
  static final int ACTION_UPDATE = 4;

  static final int RECENT_UPDATE = 1;
  static final int RECENT_DELETE = 2;
  static final int RECENT_FLUSH = 3;

  static final int FAMILY_IPV4 = 1;

  /** Magic, type and length. */
  static final int HEAD_BYTES = 5;

  /** A frame counts the stamps of an entry in one byte. */
  static final int MAX_STAMPS = 255;

  /**
   * The longest frame that says anything: an entry with all its stamps. One of a session has 794
   * bytes at most.
   */
  static final int MAX_FRAME = HEAD_BYTES + 2 + 4 + 3 + MAX_STAMPS * Long.BYTES + 1 + 254;

  /** Pound has a last access of 32 bits, up to the year 2106. */
  static final long MAX_SECONDS = 0xffff_ffffL;

  private PairFormat() {}
}
