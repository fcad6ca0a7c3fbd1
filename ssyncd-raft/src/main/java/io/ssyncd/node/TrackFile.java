package io.ssyncd.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file whose number keepalived adds to this host's priority. Replaced by rename, for keepalived
 * takes an empty file for 0; written again and again, for its option {@code overwrite} resets the
 * file at each of its starts (keepalived 2.2.7). Where a lower number cannot be written, on a full
 * disk, the file is taken away: keepalived takes a missing one for 0, and must not believe a 100
 * that is over.
 *
 * <p>Writing may wait for the disk, so it is not done by the node's thread. Thread-safe.
 */
final class TrackFile {
  /** All sinks are verified, and a majority is there. */
  static final int READY = 100;

  /** Service is possible; persistence is not, or not for all. */
  static final int DEGRADED = 50;

  /** Another node is better. */
  static final int NOT_READY = 0;

  /** keepalived's FAULT: no address here at all. */
  static final int KEEP_AWAY = -254;

  /** A write that takes longer hangs, and with it what keepalived is told. */
  private static final Duration HANGS = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(TrackFile.class);

  private final Path file;
  private final Path next;
  private boolean closed;
  private volatile @Nullable Long writingSince;

  /** What keepalived believes; what an earlier process told it is not known. */
  private int told = Integer.MAX_VALUE;

  private volatile @Nullable Warning warning;

  TrackFile(Path file) {
    this.file = file.toAbsolutePath();
    this.next = this.file.resolveSibling("." + this.file.getFileName() + ".next");
  }

  @Nullable Warning warning() {
    Long since = writingSince;
    if (since != null && System.nanoTime() - since >= HANGS.toNanos()) {
      return WarningCode.TRACK_FILE.with(
          "keepalived is not told the truth: "
              + file
              + " is being written for more than "
              + HANGS.toSeconds()
              + " s; its disk hangs");
    }
    return warning;
  }

  /** Replaces the file; after {@link #close} nothing. */
  synchronized void write(int value) {
    if (!closed) {
      replace(value);
    }
  }

  /** Not ready, for good. */
  synchronized void close() {
    replace(NOT_READY);
    closed = true;
  }

  private void replace(int value) {
    writingSince = System.nanoTime();
    try {
      Path directory = file.getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Files.writeString(next, value + "\n", StandardCharsets.US_ASCII);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      told = value;
      warning = null;
    } catch (IOException e) {
      boolean gone = told <= value || takenAway();
      String text =
          "keepalived is not told the truth: "
              + file
              + (gone ? "" : ", which says too much,")
              + " cannot be written: "
              + e;
      if (warning == null) {
        log.warn(text);
      }
      warning = WarningCode.TRACK_FILE.with(text);
    } finally {
      writingSince = null;
    }
  }

  private boolean takenAway() {
    try {
      boolean unused = Files.deleteIfExists(file);
      told = NOT_READY;
      return true;
    } catch (IOException e) {
      log.debug("{} cannot be taken away either", file, e);
      return false;
    }
  }
}
