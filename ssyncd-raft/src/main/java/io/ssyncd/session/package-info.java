/**
 * Session records and their keys: what the cluster keeps. Immutable values that check themselves;
 * times are wall-clock milliseconds, and no {@code toString} shows a session's key, which may be a
 * secret.
 */
@NullMarked
package io.ssyncd.session;

import org.jspecify.annotations.NullMarked;
