package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the log that is found at a start with what was promised. If everything that was promised
 * can be read, damage behind it is the torn end that a loss of power leaves, and is cut off; if
 * not, the member does not start.
 */
public final class LogCheck {
  private static final Logger log = LoggerFactory.getLogger(LogCheck.class);

  private final Path directory;
  private final String prefix;
  private final int maxEntryBytes;

  /**
   * @param prefix with this and a dash the names of the log's files begin
   * @param maxEntryBytes the largest entry as Atomix writes it
   */
  public LogCheck(Path directory, String prefix, int maxEntryBytes) {
    this.directory = directory;
    this.prefix = prefix;
    this.maxEntryBytes = maxEntryBytes;
  }

  /**
   * Checks, and cuts off what nobody counts on.
   *
   * @param snapshot the newest snapshot's index; 0 if there is none
   * @return the last index of the log
   * @throws LogRefusedException if something that was promised is gone
   */
  public long check(Ledgers ledgers, long snapshot) throws LogRefusedException {
    AckLedger acks = ledgers.acks();
    try {
      FoundLog found = FoundLog.read(directory, prefix, maxEntryBytes, snapshot);
      if (found.lastIndex() < acks.index()) {
        missing(found, acks);
      }
      if (found.firstIndex() > snapshot + 1) {
        throw new LogRefusedException(
            String.format(
                "the log in %s begins with index %d, and %s holds what was before: a snapshot is"
                    + " gone, or was not marked as complete. %s",
                directory,
                found.firstIndex(),
                snapshot == 0 ? "no snapshot" : "the snapshot of index " + snapshot + " only",
                Rejoin.text(directory)));
      }
      if (found.lastIndex() > 0 || ledgers.term() > 0) {
        MetaFile.check(directory.resolve(prefix + ".meta"), ledgers.term());
      }
      if (found.damage() != null) {
        log.warn(
            "the log in {} has a torn end after index {}, which nobody counts on; it is cut off:"
                + " {}",
            directory,
            found.lastIndex(),
            found.damage());
        delete(found.beyond());
      }
      // Atomix would take what comes after the gap for damaged.
      delete(found.replaced());
      return found.lastIndex();
    } catch (IOException e) {
      throw new LogRefusedException("the log in " + directory + " cannot be read: " + e, e);
    }
  }

  private void missing(FoundLog found, AckLedger acks) throws LogRefusedException, IOException {
    String what =
        String.format(
            "the log in %s can be read up to index %d only, but this member has acknowledged index"
                + " %d of term %d%s",
            directory,
            found.lastIndex(),
            acks.index(),
            acks.term(),
            found.damage() == null ? "" : " (" + found.damage() + ")");
    if (acks.durable()) {
      throw new LogRefusedException(
          what
              + ": the disk has lost what others count on. Look at the disk first. "
              + Rejoin.text(directory));
    }
    log.warn("{}: it goes on, since with durability = os a loss of power does that", what);
    acks.lower(found.lastIndex());
  }

  private void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.delete(file);
    }
    if (!files.isEmpty()) {
      SegmentFiles.syncDirectory(directory);
    }
  }
}
