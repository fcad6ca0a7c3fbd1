package io.ssyncd.source.recent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Moves over the bytes of one row. Each step says whether it found what it looked for. */
final class RowCursor {
  private byte[] bytes = new byte[0];
  private int end;

  /** Where the cursor stands; after a failed step near what was wrong. */
  int at;

  /** The number that {@link #number} read, unsigned. */
  long value;

  void reset(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  boolean ended() {
    return at == end;
  }

  /** Steps over exactly these bytes. */
  boolean word(byte[] word) {
    if (end - at < word.length
        || !Arrays.equals(bytes, at, at + word.length, word, 0, word.length)) {
      return false;
    }
    at += word.length;
    return true;
  }

  /** Reads an unsigned decimal number of up to 64 bits. */
  boolean number() {
    int start = at;
    long number = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      int digit = bytes[at] - '0';
      if (at - start >= 19
          && (Long.compareUnsigned(number, Long.divideUnsigned(-1L, 10)) > 0
              || Long.compareUnsigned(number * 10 + digit, digit) < 0)) {
        return false;
      }
      number = number * 10 + digit;
      at++;
    }
    value = number;
    return at > start;
  }

  /** Reads an address up to the next space; null if it is none. */
  @Nullable RecentAddress address() {
    int space = at;
    boolean v6 = false;
    while (space < end && bytes[space] != ' ') {
      v6 |= bytes[space++] == ':';
    }
    return v6 ? address6(space) : address4(space);
  }

  private @Nullable RecentAddress address4(int to) {
    long address = 0;
    for (int part = 0; part < 4; part++) {
      if (part > 0 && !dot(to)) {
        return null;
      }
      int start = at;
      if (!number() || value < 0 || value > 255 || at - start > 3) {
        return null;
      }
      address = address << 8 | value;
    }
    return at == to ? new RecentAddress(false, 0, address) : null;
  }

  private boolean dot(int to) {
    return at < to && bytes[at++] == '.';
  }

  /** Eight groups of four digits: the kernel's %pI6 shortens nothing. */
  private @Nullable RecentAddress address6(int to) {
    if (to - at != RecentAddress.MAX_TEXT_BYTES) {
      return null;
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < RecentAddress.MAX_TEXT_BYTES; i++, at++) {
      if (i % 5 == 4) {
        if (bytes[at] != ':') {
          return null;
        }
        continue;
      }
      int digit = Character.digit((char) (bytes[at] & 0xFF), 16);
      if (digit < 0) {
        return null;
      }
      if (i < 19) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    return new RecentAddress(true, high, low);
  }
}
