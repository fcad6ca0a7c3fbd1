package io.ssyncd.daemon.settings;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Reads {@code control}: the socket that {@code ssyncdctl} talks to. */
final class ControlSection {
  private ControlSection() {}

  static Settings.Control read(Section control) {
    Path socket = control.path("socket", "/run/ssyncd/ssyncd.sock");
    String mode = control.string("mode", "0660");
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    if (mode.matches("0?[0-7]{3}")) {
      int bits = Integer.parseInt(mode, 8);
      // The constants are declared from owner-read (0400) down to others-execute (0001).
      for (PosixFilePermission permission : PosixFilePermission.values()) {
        if ((bits & (0400 >> permission.ordinal())) != 0) {
          permissions.add(permission);
        }
      }
    } else {
      control.wrong("mode", "is three octal digits such as \"0660\", not \"" + mode + "\"");
    }
    Optional<String> group = control.string("group");
    control.has("legacy-socket"); // read with the other things of an old pair
    control.end();
    return new Settings.Control(socket, permissions, group);
  }
}
