package io.ssyncd.log.atomix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk that stalls and loses its power. What a sync makes last is copied, once the test has asked
 * for copies; what was written after it is there or is not, page by page, and so are new names: the
 * operating system writes in any order.
 */
final class FragileDisk implements Syncer.Disk {
  private static final String LOG = "*.log";
  private static final String ALL_BUT_LOG = "*[!g]";
  private static final int PAGE_BYTES = 4096;

  /** Version, number and first index: a file that is begun anew under an old name differs. */
  private static final int IDENTITY_BYTES = 20;

  private final Path live;
  private final Path copy;
  private final SegmentDisk disk;
  private boolean copies;
  private boolean whole;
  private boolean gone;
  private volatile long stallMillis;

  FragileDisk(Path live) {
    this.live = live;
    this.copy = live.resolveSibling(live.getFileName() + ".synced");
    this.disk = new SegmentDisk(live, LogFiles.PREFIX, new Copies());
  }

  /** What is synced is what is copied. */
  private final class Copies implements SegmentDisk.Force {
    @Override
    public void file(Path file) throws IOException {
      if (copies) {
        copyIfThere(file);
      }
    }

    @Override
    public void names(Path directory) throws IOException {
      if (copies) {
        for (String name : list(copy, LOG)) {
          if (Files.notExists(live.resolve(name))) {
            Files.delete(copy.resolve(name));
          }
        }
      }
    }
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
    disk.sync();
  }

  @Override
  public synchronized void cut() {
    disk.cut();
  }

  /** The next sync takes so long. */
  void stall(long millis) {
    stallMillis = millis;
  }

  /** Takes copies from now on, the first of everything: it may be on the disk without a sync. */
  synchronized void copy() throws IOException {
    if (!copies) {
      Files.createDirectories(copy);
      copies = true;
      disk.cut();
      disk.sync();
      whole = true;
    }
  }

  /** Nothing is synced any more; false if nothing is known of what was. */
  synchronized boolean lose() {
    gone = whole;
    return whole;
  }

  /**
   * Leaves what was synced, and by chance some of what was not, once the member is dead. Files
   * other than the log's are synced where they are written.
   */
  synchronized void replace(Random chance) throws IOException {
    for (String name : list(live, ALL_BUT_LOG)) {
      copyIfThere(live.resolve(name));
    }
    for (String name : list(copy, ALL_BUT_LOG)) {
      if (Files.notExists(live.resolve(name))) {
        Files.delete(copy.resolve(name));
      }
    }
    Set<String> logs = list(copy, LOG);
    logs.addAll(list(live, LOG));
    boolean named = chance.nextBoolean();
    for (String name : logs) {
      mix(copy.resolve(name), live.resolve(name), named, chance);
    }
    delete(live);
    Files.move(copy, live);
  }

  /** What becomes of a file: names change together, pages by themselves. */
  private static void mix(Path synced, Path written, boolean named, Random chance)
      throws IOException {
    byte[] then = read(synced);
    byte[] now = read(written);
    boolean same = Arrays.equals(then, 0, IDENTITY_BYTES, now, 0, IDENTITY_BYTES);
    if (!same && !named) {
      return;
    }
    if (Files.notExists(written)) {
      Files.delete(synced);
      return;
    }
    byte[] mixed = same ? then : new byte[now.length];
    for (int at = 0; at < now.length; at += PAGE_BYTES) {
      if (chance.nextBoolean()) {
        System.arraycopy(now, at, mixed, at, Math.min(PAGE_BYTES, now.length - at));
      }
    }
    Files.write(synced, mixed);
  }

  private static byte[] read(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[IDENTITY_BYTES];
  }

  private void copyIfThere(Path file) throws IOException {
    try {
      Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      // Dropped meanwhile: a snapshot holds what it held.
    }
  }

  private static Set<String> list(Path directory, String glob) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
      for (Path file : files) {
        names.add(file.getFileName().toString());
      }
    }
    return names;
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
