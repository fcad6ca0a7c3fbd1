package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.storage.StorageLevel;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogFigures;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.disk.LogCheck;
import io.ssyncd.log.atomix.disk.SegmentFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory of a log: its checks, how Atomix is to use it, what it holds. */
final class LogFiles {
  /** Entries above this are refused by the storage; readers keep buffers of twice this. */
  static final int MAX_ENTRY_BYTES = 160 * 1024;

  /** What Atomix writes around the bytes of an entry, generously. */
  static final int ENVELOPE_BYTES = 1024;

  /** With this the files' names begin: never to be changed. */
  static final String PREFIX = "ssyncd";

  private static final double NEVER = 1e-9;

  private final Path directory;

  LogFiles(LogConfig config) {
    this.directory = config.directory();
  }

  /** Makes the directory if it is missing. */
  void prepare() throws LogRefusedException {
    try {
      create(directory.toAbsolutePath());
    } catch (IOException e) {
      throw new LogRefusedException(directory + " cannot be the log's directory: " + e, e);
    }
    if (!Files.isWritable(directory)) {
      throw new LogRefusedException(directory + " cannot be the log's directory: not writable");
    }
  }

  /** As {@link Files#createDirectories}, and there after a loss of power as well. */
  private static void create(Path wanted) throws IOException {
    Path parent = wanted.getParent();
    if (parent == null || Files.isDirectory(wanted)) {
      return;
    }
    create(parent);
    Files.createDirectories(wanted);
    SegmentFiles.syncDirectory(parent);
  }

  /**
   * Reads everything that is there, compares it with what was promised, and cuts off a torn end.
   *
   * @return the last index of the log
   * @throws LogRefusedException if a file is damaged, or something that was promised is gone
   */
  long check(Ledgers ledgers) throws LogRefusedException {
    SnapshotCheck snapshots = new SnapshotCheck(directory);
    snapshots.read();
    LogCheck log = new LogCheck(directory, PREFIX, MAX_ENTRY_BYTES);
    long last;
    try {
      last = log.check(ledgers, snapshots.newest());
    } catch (LogRefusedException e) {
      throw snapshots.damage() == null
          ? e
          : new LogRefusedException(snapshots.damage() + ". Without it: " + e.getMessage(), e);
    }
    snapshots.setAside();
    if (last > 0) {
      ConfigurationFile.check(directory);
    }
    return last;
  }

  RaftStorage storage(AtomixTuning tuning) {
    return RaftStorage.builder()
        .withPrefix(PREFIX)
        .withDirectory(directory.toFile())
        .withStorageLevel(StorageLevel.MAPPED)
        .withMaxSegmentSize(tuning.segmentBytes())
        .withMaxEntrySize(MAX_ENTRY_BYTES)
        // Atomix' own snapshots only when the disk is all but full: see ServerContext.
        .withDynamicCompaction(true)
        .withFreeDiskBuffer(NEVER)
        .withFreeMemoryBuffer(NEVER)
        .withFlushOnCommit(false)
        .withNamespace(RaftNamespaces.RAFT_STORAGE)
        .build();
  }

  /** What is there now; a snapshot that is being written does not count. */
  LogFigures figures() {
    int segments = 0;
    long bytes = 0;
    long index = 0;
    long snapshotBytes = 0;
    long atMs = 0;
    File[] files = directory.toFile().listFiles((in, name) -> name.startsWith(PREFIX + "-"));
    for (File file : files == null ? new File[0] : files) {
      String name = file.getName();
      if (name.endsWith(".log")) {
        segments++;
        bytes += file.length();
      } else if (name.matches(PREFIX + "-\\d{1,18}\\.snapshot")) {
        long its = Long.parseLong(name.replaceAll("\\D", ""));
        if (its > index) {
          index = its;
          snapshotBytes = file.length();
          atMs = file.lastModified();
        }
      }
    }
    return new LogFigures(segments, bytes, index, snapshotBytes, atMs);
  }

  /** What the files of the log take; they have their full size from the beginning. */
  long logBytes() {
    File[] files =
        directory
            .toFile()
            .listFiles((in, name) -> name.startsWith(PREFIX) && name.endsWith(".log"));
    long bytes = 0;
    for (File file : files == null ? new File[0] : files) {
      bytes += file.length();
    }
    return bytes;
  }
}
