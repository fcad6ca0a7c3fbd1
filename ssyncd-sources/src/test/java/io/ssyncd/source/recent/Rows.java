package io.ssyncd.source.recent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Collects what a parser reads. */
final class Rows implements RowHandler {
  final List<RecentRow> rows = new ArrayList<>();
  final List<MalformedRow> malformed = new ArrayList<>();

  @Override
  public void row(RowView row) {
    rows.add(row.toRow());
  }

  @Override
  public void malformed(MalformedRow row) {
    malformed.add(row);
  }

  static Rows of(String text) {
    return of(text.getBytes(StandardCharsets.ISO_8859_1), Integer.MAX_VALUE);
  }

  /** Fed in pieces of so many bytes. */
  static Rows of(byte[] text, int piece) {
    Rows rows = new Rows();
    RecentTableParser parser = new RecentTableParser("T", JiffiesWidth.BITS_64, rows);
    for (int from = 0; from < text.length; from += Math.min(piece, text.length - from)) {
      parser.feed(text, from, Math.min(piece, text.length - from));
    }
    parser.end();
    return rows;
  }

  static RecentAddress v4(int a, int b, int c, int d) {
    return new RecentAddress(false, 0, ((long) a << 24) | (b << 16) | (c << 8) | d);
  }

  /** A row as the kernel prints it, from a ring as it lies in memory. */
  static String ring(RecentAddress address, int ttl, long lastSeen, int index, long... ring) {
    StringBuilder text = new StringBuilder("src=" + address + " ttl: " + ttl);
    text.append(" last_seen: ").append(Long.toUnsignedString(lastSeen));
    text.append(" oldest_pkt: ").append(index);
    for (int i = 0; i < ring.length; i++) {
      text.append(i == 0 ? " " : ", ").append(Long.toUnsignedString(ring[i]));
    }
    return text.append('\n').toString();
  }

  /** A row whose ring has not gone round. */
  static String print(RecentAddress address, int ttl, long... stamps) {
    return ring(address, ttl, stamps[stamps.length - 1], stamps.length, stamps);
  }
}
