package io.ssyncd.table;

/**
 * A table saved to a file, for {@link SavedTableWriter} and {@link SavedTableReader}. Big-endian;
 * names are UTF-8 behind a byte that counts them; a checksum is the CRC-32C of all bytes of the
 * file before it, u32:
 *
 * <pre>
 * header: magic "SSYNCDF1" | version u16 = 1 | cluster name | member name | index i64 | epoch i64
 *         | savedAtMs i64 | http records i64 | recent records i64 | digest u64 | checksum
 * block:  1 u8 | kind u8 | name | n u16, n at least 1, each: length u16 | record | checksum
 * end:    0 u8 | checksum
 * </pre>
 *
 * <p>A block has at most {@link #BLOCK_BYTES} and one record more, so that damage is found near
 * where it is.
 *
 * @param cluster the name of the cluster that it was saved from
 * @param member who saved it
 * @param index of the last entry in it
 * @param epoch of the newest OPEN in it
 * @param savedAtMs when, milliseconds since 1970
 * @param httpSessions how many it holds
 * @param recentEntries how many it holds
 * @param digest of its records
 */
public record SavedTable(
    String cluster,
    String member,
    long index,
    long epoch,
    long savedAtMs,
    long httpSessions,
    long recentEntries,
    String digest) {

  /** "SSYNCDF1". */
  static final long MAGIC = 0x5353_594E_4344_4631L;

  static final int VERSION = 1;
  static final int BLOCK_BYTES = 32 * 1024;
  static final int MAX_BLOCK_RECORDS = 4096;
  static final int MAX_NAME_BYTES = 255;

  /** All records. */
  public long records() {
    return httpSessions + recentEntries;
  }
}
