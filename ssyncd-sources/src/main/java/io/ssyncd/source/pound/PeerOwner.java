package io.ssyncd.source.pound;

import java.util.Optional;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * Whose socket is connected to: anyone may make one of Pound's name in {@code /tmp}. Root's, and
 * the configured user's, or this process's own if none is configured.
 */
final class PeerOwner {
  private static final POSIX POSIX = POSIXFactory.getPOSIX();

  private final Optional<String> user;

  PeerOwner(Optional<String> user) {
    this.user = user;
  }

  /** Asks the user database each time: a user may be made while this process runs. */
  boolean allows(int uid) {
    if (uid == 0) {
      return true;
    }
    if (user.isEmpty()) {
      return uid == POSIX.getuid();
    }
    Passwd entry = POSIX.getpwnam(user.get());
    return entry != null && uid == (int) entry.getUID();
  }

  String text() {
    return user.map(name -> "root or " + name).orElse("root or this process's own user");
  }
}
