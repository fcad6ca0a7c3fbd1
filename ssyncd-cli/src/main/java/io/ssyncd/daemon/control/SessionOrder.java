package io.ssyncd.daemon.control;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.Comparator;

/** The order of {@code show}: what an operator reads stays where it was. */
final class SessionOrder {
  /** By listener, service and key, or by address; both of one scope. */
  static final Comparator<SessionRecord> READABLE = (a, b) -> compare(a.key(), b.key());

  /** The same of many scopes, one after the other. */
  static final Comparator<SessionRecord> ACROSS_SCOPES =
      Comparator.comparing((SessionRecord record) -> record.key().scope()).thenComparing(READABLE);

  private SessionOrder() {}

  private static int compare(SessionKey a, SessionKey b) {
    if (a instanceof HttpKey x && b instanceof HttpKey y) {
      int order = Long.compare(x.listener(), y.listener());
      order = order != 0 ? order : Long.compare(x.service(), y.service());
      return order != 0 ? order : x.key().compareTo(y.key());
    }
    if (a instanceof RecentKey x && b instanceof RecentKey y) {
      return x.address().compareTo(y.address());
    }
    return a.scope().compareTo(b.scope());
  }
}
