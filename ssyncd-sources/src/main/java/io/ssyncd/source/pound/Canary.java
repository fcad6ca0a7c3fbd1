package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A session that no client can have, written before a dump: a Pound whose dump does not show it
 * does not tell us anything any more. Its last access is 1970, so that Pound's next sweep removes
 * it. Whatever is heard of canaries, ours or another node's, is nobody's session.
 */
final class Canary {
  /** Starts with a control character, which no header, cookie or URL has. */
  private static final Bytes PREFIX =
      Bytes.of("\u0001ssyncd-canary-".getBytes(StandardCharsets.US_ASCII));

  /** Pound goes by the backend's position, and only logs this. */
  private static final Bytes ADDRESS = Bytes.utf8("0.0.0.0");

  /** 0 would mean now. */
  private static final long LAST_ACCESS_MS = 1000;

  private Canary() {}

  /** Whether that is the key of a canary. */
  static boolean is(HttpKey key) {
    Bytes bytes = key.key();
    if (bytes.length() < PREFIX.length()) {
      return false;
    }
    for (int i = 0; i < PREFIX.length(); i++) {
      if (bytes.at(i) != PREFIX.at(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A canary of its own for one dump, for a service whose sessions Pound sweeps.
   *
   * @param number tells it from earlier ones that are still there
   * @return empty if the farm keeps no sessions
   */
  static Optional<HttpSession> of(FarmConfig farm, String name, long number) {
    for (int l = 0; l < farm.listeners().size(); l++) {
      List<FarmConfig.Service> services = farm.listeners().get(l).services();
      for (int s = 0; s < services.size(); s++) {
        if (services.get(s).keepsSessions() && !services.get(s).backends().isEmpty()) {
          Bytes key = Bytes.utf8(PREFIX.latin1() + Long.toHexString(number));
          return Optional.of(
              new HttpSession(new HttpKey(name, l, s, key), 0, ADDRESS, LAST_ACCESS_MS));
        }
      }
    }
    return Optional.empty();
  }
}
