package io.ssyncd.log.atomix.net;

import io.ssyncd.log.SharedKey;
import org.jspecify.annotations.Nullable;

/**
 * How members prove to each other who they are.
 *
 * @param tls by certificates; null in plain text
 * @param key by a key that they share; null if they share none
 */
record Proofs(@Nullable Tls tls, @Nullable SharedKey key) {
  static final Proofs NONE = new Proofs(null, null);
}
