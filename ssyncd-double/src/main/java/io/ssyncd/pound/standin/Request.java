package io.ssyncd.pound.standin;

import org.jspecify.annotations.Nullable;

/**
 * What Pound made of bytes it received. Nothing of it was checked: not the magic, not the type, not
 * the farm's name.
 *
 * @param action the byte as it came, 0 to 255
 * @param key C string: up to the first NUL, with what follows it in memory if there is none; null
 *     if the size was 0
 * @param hasContent whether content of a size above 0 came; Pound only logs it
 * @param lastAccess Unix seconds
 */
@SuppressWarnings("ArrayRecordComponent")
record Request(
    int action,
    int listener,
    int service,
    int backend,
    byte @Nullable [] key,
    boolean hasContent,
    long lastAccess) {
  static final int SYNC_REQUEST = 1;
  static final int SESS_WRITE = 5;
}
