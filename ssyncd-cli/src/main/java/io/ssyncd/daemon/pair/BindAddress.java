package io.ssyncd.daemon.pair;

import io.ssyncd.daemon.settings.HostPort;
import java.util.Optional;

/**
 * {@code --bind}.
 *
 * @param host an address, without brackets
 * @param port empty if not said
 */
record BindAddress(String host, Optional<Integer> port) {
  /** Empty if the text is neither an address nor an address and a port. */
  static Optional<BindAddress> parse(String text) {
    Optional<HostPort> both = HostPort.parse(text, 1);
    if (both.isPresent()) {
      return both.map(at -> new BindAddress(at.host(), Optional.of(at.port())));
    }
    String bracketed = text.indexOf(':') >= 0 && !text.startsWith("[") ? "[" + text + "]" : text;
    return HostPort.parse(bracketed + ":1", 1)
        .map(at -> new BindAddress(at.host(), Optional.empty()));
  }
}
