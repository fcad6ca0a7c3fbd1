package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the kernel says of its module xt_recent. Thread-safe; reads anew at every call. */
public final class XtRecentModule {
  /** The version of a module that knows the restore command of this project's kmodule. */
  public static final String RESTORE_VERSION = "ssyncd-restore-1";

  private static final Logger log = LoggerFactory.getLogger(XtRecentModule.class);

  private final Path directory;

  /** The module below {@code directory}, which is {@code /sys/module/xt_recent}. */
  public XtRecentModule(Path directory) {
    this.directory = directory;
  }

  /** Its version; empty for the kernel's own module, which has none. */
  public String version() {
    return text("version");
  }

  /** Tells one build of the module from another where the kernel says; else empty. */
  public String sourceVersion() {
    return text("srcversion");
  }

  /** How many entries a table holds; more push the oldest out, silently. */
  public OptionalInt entriesPerTable() {
    return number("parameters/ip_list_tot");
  }

  /**
   * How many stamps an entry holds at least: the next power of two is what there is room for. Empty
   * where the rules decide, each table by its largest hit count, 32 without one.
   */
  public OptionalInt stampsPerEntry() {
    OptionalInt stamps = number("parameters/ip_pkt_list_tot");
    return stamps.isPresent() && stamps.getAsInt() == 0 ? OptionalInt.empty() : stamps;
  }

  private OptionalInt number(String file) {
    String text = text(file);
    try {
      return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      log.warn("{} holds no number: {}", directory.resolve(file), e.getMessage());
      return OptionalInt.empty();
    }
  }

  private String text(String file) {
    try {
      return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      log.trace("no {}", e.getFile());
      return "";
    } catch (IOException e) {
      log.warn("cannot read {}: {}", directory.resolve(file), e.toString());
      return "";
    }
  }
}
