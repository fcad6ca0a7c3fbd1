package io.ssyncd.log.atomix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk that stalls and loses its power. What is synced is known from a copy that each sync takes,
 * once the test has asked for copies.
 */
final class FragileDisk implements Syncer.Disk {
  private static final String LOG = "*.log";
  private static final String ALL_BUT_LOG = "*[!g]";

  private final Path live;
  private final Path copy;
  private boolean copies;
  private boolean whole;
  private boolean gone;
  private volatile long stallMillis;

  FragileDisk(Path live) {
    this.live = live;
    this.copy = live.resolveSibling(live.getFileName() + ".synced");
  }

  @Override
  public synchronized void sync() throws IOException {
    long stall = stallMillis;
    if (stall > 0) {
      stallMillis = 0;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(stall));
    }
    if (gone) {
      throw new IOException("no power");
    }
    if (copies) {
      mirror(LOG);
      whole = true;
    }
  }

  /** The next sync takes so long. */
  void stall(long millis) {
    stallMillis = millis;
  }

  /** Takes copies from the next sync on. */
  synchronized void copy() throws IOException {
    if (!copies) {
      Files.createDirectories(copy);
      copies = true;
    }
  }

  /** Nothing is synced any more; false if nothing is known of what was. */
  synchronized boolean lose() {
    gone = whole;
    return whole;
  }

  /**
   * Leaves what was synced, once the member is dead. Files other than the log's are synced where
   * they are written.
   */
  synchronized void replace() throws IOException {
    mirror(ALL_BUT_LOG);
    delete(live);
    Files.move(copy, live);
  }

  private void mirror(String glob) throws IOException {
    Set<Path> there = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(live, glob)) {
      for (Path file : files) {
        there.add(file.getFileName());
        try {
          Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
          // Dropped meanwhile: a snapshot holds what it held.
          there.remove(file.getFileName());
        }
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(copy, glob)) {
      for (Path file : files) {
        if (!there.contains(file.getFileName())) {
          Files.delete(file);
        }
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
