package io.ssyncd.log.atomix;

import java.nio.ByteBuffer;

/**
 * Where a log ends.
 *
 * @param term of the last entry; 0 of an empty log
 * @param index of the last entry
 */
record LastEntry(long term, long index) implements Comparable<LastEntry> {
  static final LastEntry EMPTY = new LastEntry(0, 0);

  /** As Raft compares logs when it votes. */
  @Override
  public int compareTo(LastEntry other) {
    int byTerm = Long.compare(term, other.term);
    return byTerm != 0 ? byTerm : Long.compare(index, other.index);
  }

  boolean reaches(LastEntry other) {
    return compareTo(other) >= 0;
  }

  byte[] encode() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(term).putLong(index).array();
  }

  static LastEntry decode(byte[] bytes) {
    if (bytes.length != 2 * Long.BYTES) {
      throw new IllegalArgumentException("an end of a log of " + bytes.length + " bytes");
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    return new LastEntry(from.getLong(), from.getLong());
  }
}
