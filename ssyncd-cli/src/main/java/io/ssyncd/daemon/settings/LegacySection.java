package io.ssyncd.daemon.settings;

import io.ssyncd.log.AddressRange;
import io.ssyncd.log.LogConfig;
import io.ssyncd.node.Warning;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code legacy} and {@code control.legacy-socket}: what is done for an old pair. */
final class LegacySection {
  private LegacySection() {}

  /**
   * Reads both.
   *
   * @param log where the members are; null if that is not known
   * @param warnings where to add what is allowed but should be known
   */
  static Settings.Legacy read(
      Section legacy, Section control, @Nullable LogConfig log, List<Warning> warnings) {
    Optional<Path> socket = Optional.empty();
    if (control.has("legacy-socket")) {
      Path path = control.path("legacy-socket", "/tmp/ssyncd_path");
      if (path.isAbsolute()) {
        socket = Optional.of(path);
      } else {
        control.wrong("legacy-socket", "is an absolute path, not " + path);
      }
    }
    if (!legacy.present()) {
      return new Settings.Legacy(socket, Optional.empty(), List.of());
    }
    Optional<HostPort> listen = HostPort.parse(legacy.required("listen"), 1);
    if (listen.isEmpty() && legacy.has("listen")) {
      legacy.wrong("listen", HostPort.EXPECTED + ", not \"" + legacy.string("listen", "") + "\"");
    }
    listen.ifPresent(at -> requireItsOwn(legacy, at, log));
    List<AddressRange> allow = allow(legacy);
    legacy.end();
    listen.ifPresent(
        at ->
            warnings.add(
                new Warning(
                    "old-backups",
                    "whoever comes from "
                        + allow
                        + " to "
                        + at.host()
                        + ":"
                        + at.port()
                        + " is told of all sessions, keys included, in plain text")));
    return new Settings.Legacy(
        socket, listen.map(at -> InetSocketAddress.createUnresolved(at.host(), at.port())), allow);
  }

  private static void requireItsOwn(Section legacy, HostPort at, @Nullable LogConfig log) {
    if (log != null && log.self().port() == at.port()) {
      legacy.wrong(
          "listen",
          "needs a port of its own: " + at.port() + " is that of the cluster on this member");
    }
  }

  private static List<AddressRange> allow(Section legacy) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String text : legacy.strings("allow", List.of())) {
      try {
        AddressRange range = AddressRange.parse(text);
        if (range.prefix() == 0) {
          legacy.wrong("allow", "names the old backups, not everybody: " + text);
        } else {
          ranges.add(range);
        }
      } catch (IllegalArgumentException e) {
        legacy.wrong("allow", "is a list of addresses or CIDR ranges; " + e.getMessage());
      }
    }
    if (ranges.isEmpty()) {
      legacy.wrong("allow", "is missing: the addresses of the old backups, such as [\"10.0.0.2\"]");
    }
    return ranges;
  }
}
