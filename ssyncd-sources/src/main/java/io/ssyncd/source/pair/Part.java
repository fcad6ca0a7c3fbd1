package io.ssyncd.source.pair;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;

/**
 * What can lose all its records at once: a service of a farm, or a kernel table.
 *
 * @param farmOrTable its name
 * @param listener -1 for a table
 * @param service -1 for a table
 */
record Part(String farmOrTable, long listener, long service) {
  static Part of(SessionKey key) {
    return key instanceof HttpKey http
        ? new Part(http.farm(), http.listener(), http.service())
        : new Part(((RecentKey) key).table(), -1, -1);
  }
}
