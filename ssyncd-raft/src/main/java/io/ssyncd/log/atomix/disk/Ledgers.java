package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this member has promised to the others.
 *
 * @param votes whom it voted for
 * @param acks how far its log reaches
 */
public record Ledgers(VoteLedger votes, AckLedger acks) implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledgers.class);

  /**
   * Opens the ledgers, or makes them in a directory without a log.
   *
   * @param directory the log's
   * @throws LogRefusedException if one is damaged, or missing beside a log
   */
  public static Ledgers open(Path directory) throws LogRefusedException {
    requireUnlessNew(directory, VoteLedger.FILE);
    requireUnlessNew(directory, AckLedger.FILE);
    VoteLedger votes = VoteLedger.open(directory);
    try {
      return new Ledgers(votes, AckLedger.open(directory));
    } catch (LogRefusedException e) {
      quietly(votes);
      throw e;
    }
  }

  /** They are made before the log is. */
  private static void requireUnlessNew(Path directory, String name) throws LogRefusedException {
    if (Files.exists(directory.resolve(name))) {
      return;
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
      if (logs.iterator().hasNext()) {
        throw new LogRefusedException(
            directory.resolve(name)
                + " is missing beside a log, so that this member does not know what it has"
                + " promised. "
                + Rejoin.text(directory));
      }
    } catch (IOException e) {
      throw new LogRefusedException(directory + " cannot be read: " + e, e);
    }
  }

  /** The newest term that this member has promised anything in. */
  public long term() {
    return Math.max(votes.term(), acks.term());
  }

  @Override
  public void close() {
    quietly(votes);
    quietly(acks);
  }

  private static void quietly(AutoCloseable ledger) {
    try {
      ledger.close();
    } catch (Exception e) {
      log.warn("a ledger was not closed in order", e);
    }
  }
}
