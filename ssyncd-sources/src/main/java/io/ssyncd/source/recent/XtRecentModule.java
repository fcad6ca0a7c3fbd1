package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel says of its module xt_recent.
 *
 * @param version its version; empty for the kernel's own module, which has none
 * @param sourceVersion tells one build of the module from another where the kernel says; else empty
 * @param entriesPerTable how many entries a table holds; more push the oldest out, silently
 * @param stampsPerEntry how many stamps an entry holds at least: there is room for the next power
 *     of two. Empty where the rules decide, each table by its largest hit count, 32 without one
 */
public record XtRecentModule(
    String version, String sourceVersion, OptionalInt entriesPerTable, OptionalInt stampsPerEntry) {
  /** The version of a module that knows the restore command of this project's kmodule. */
  public static final String RESTORE_VERSION = "ssyncd-restore-1";

  private static final Logger log = LoggerFactory.getLogger(XtRecentModule.class);

  /** Reads what {@code directory} says, which is {@code /sys/module/xt_recent}. */
  static XtRecentModule read(Path directory) {
    OptionalInt stamps = number(directory.resolve("parameters/ip_pkt_list_tot"));
    return new XtRecentModule(
        text(directory.resolve("version")),
        text(directory.resolve("srcversion")),
        number(directory.resolve("parameters/ip_list_tot")),
        stamps.orElse(0) == 0 ? OptionalInt.empty() : stamps);
  }

  /** How many entries a table holds, as far as is known. */
  public int room() {
    return entriesPerTable.orElse(Integer.MAX_VALUE);
  }

  /** Whether it knows the restore command of this project. */
  public boolean restores() {
    return version.equals(RESTORE_VERSION);
  }

  private static OptionalInt number(Path file) {
    String text = text(file);
    try {
      return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      log.warn("{} holds no number: {}", file, e.getMessage());
      return OptionalInt.empty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1).strip() : "";
    } catch (IOException e) {
      log.warn("cannot read {}: {}", file, e.toString());
      return "";
    }
  }
}
