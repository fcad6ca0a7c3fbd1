package io.ssyncd.source.pound;

import java.util.Optional;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * Whose socket is connected to: anyone may make one of Pound's name in {@code /tmp}. Root's, and
 * the configured user's; if none is configured, this process's own, and that of the farm's
 * pound.cfg.
 */
final class PeerOwner {
  private static final POSIX POSIX = POSIXFactory.getPOSIX();

  private final Optional<String> user;
  private final FarmFile farm;

  PeerOwner(Optional<String> user, FarmFile farm) {
    this.user = user;
    this.farm = farm;
  }

  /** Asks the user database each time: a user may be made while this process runs. */
  boolean allows(int uid) {
    return uid == 0
        || name().filter(name -> isOf(uid, name)).isPresent()
        || (user.isEmpty() && uid == POSIX.getuid());
  }

  private Optional<String> name() {
    return user.or(farm::user);
  }

  private static boolean isOf(int uid, String name) {
    Passwd entry = POSIX.getpwnam(name);
    return entry != null && uid == (int) entry.getUID();
  }

  String text() {
    return name().map(name -> "root or " + name).orElse("root or this process's own user");
  }
}
