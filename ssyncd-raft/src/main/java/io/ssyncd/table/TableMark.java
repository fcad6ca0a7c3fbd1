package io.ssyncd.table;

import java.util.UUID;

/**
 * The digest of the table as it was at an entry {@link io.ssyncd.log.Entry.Mark}: members that hold
 * the same have the same digest for the same request.
 *
 * @param request the comparison that asked
 * @param index the entry's place in the log
 * @param digest 16 hexadecimal digits, see {@link TableDigest}
 */
public record TableMark(UUID request, long index, String digest) {}
