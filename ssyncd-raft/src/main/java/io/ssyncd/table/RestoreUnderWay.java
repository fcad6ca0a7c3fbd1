package io.ssyncd.table;

import java.util.UUID;

/**
 * A restore that has not put its records into the table yet.
 *
 * @param request names it
 * @param savedAtMs when the table that it brings was saved, milliseconds since 1970
 * @param records how many of these have come so far
 */
public record RestoreUnderWay(UUID request, long savedAtMs, long records) {}
