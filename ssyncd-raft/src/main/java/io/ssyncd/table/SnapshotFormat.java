package io.ssyncd.table;

import java.util.zip.CRC32C;

/**
 * How a snapshot's bytes lie. Big-endian; names are UTF-8 behind a byte that counts them.
 *
 * <pre>
 * magic "SSYNCDT1" | version u16 = 2, or 1
 * appliedIndex i64 | epoch i64 | sequence i64 | 0 u8, or 1 u8 and the ingester's name
 * started: n u32, feed[n]      feed: kind u8 | name
 * stopped: n u32, feed[n]
 * requests: n u32, n at most 4096, oldest first: request u64 u64 | index i64 | outcome u8
 * marks: n u32, n at most 16, oldest first: request u64 u64 | index i64 | digest u64
 * restore, from version 2 on: 0 u8, or 1 u8 | request u64 u64 | savedAtMs i64 | parts u32 | scopes
 * scopes: n u32, each: kind u8 | name | n u32, n at least 1, each: length u16 | record
 * digest u64 | {@link CRC32C} of all before it u32
 * </pre>
 */
final class SnapshotFormat {
  /** "SSYNCDT1". */
  static final long MAGIC = 0x5353_594E_4344_5431L;

  static final int VERSION = 2;

  /** What is read and written at a time. */
  static final int BUFFER_BYTES = 64 * 1024;

  private SnapshotFormat() {}
}
