package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whom this member voted for last, and in which term: one vote a term, also after a restart, also
 * for its own candidacy. Atomix forgets its vote as soon as it hears of a leader.
 *
 * <p>Both slots of the file hold each vote, one after the other, so that damage to either one loses
 * none.
 *
 * <p>Thread-safe.
 */
public final class VoteLedger implements AutoCloseable {
  /** The file's name in the log's directory. */
  public static final String FILE = "votes";

  private final SlotFile file;
  private long term;
  private String candidate;

  private VoteLedger(SlotFile file) throws LogRefusedException {
    this.file = file;
    ByteBuffer record = ByteBuffer.wrap(file.record());
    if (record.remaining() < Long.BYTES) {
      throw new LogRefusedException(file.file() + " is none of this release's");
    }
    this.term = record.getLong();
    this.candidate = StandardCharsets.UTF_8.decode(record).toString();
  }

  /**
   * Opens the ledger, or makes it.
   *
   * @throws LogRefusedException if it is damaged
   */
  public static VoteLedger open(Path directory) throws LogRefusedException {
    return new VoteLedger(SlotFile.open(directory.resolve(FILE), encode(0, "")));
  }

  /** The term of the last vote; 0 if there was none. */
  public synchronized long term() {
    return term;
  }

  /** Whom this member voted for in a term; null if it did not, as far as it still knows. */
  public synchronized @Nullable String vote(long inTerm) {
    return inTerm == term && !candidate.isEmpty() ? candidate : null;
  }

  /**
   * Notes a vote before it is given.
   *
   * @return true once it survives a loss of power; false if it must not be given: there was another
   *     one in this term, or one in a later term
   * @throws IOException if it could not be written: it must not be given either
   */
  public synchronized boolean cast(long inTerm, String forCandidate) throws IOException {
    if (inTerm == term && forCandidate.equals(candidate)) {
      return true;
    }
    if (inTerm <= term) {
      return false;
    }
    byte[] record = encode(inTerm, forCandidate);
    file.write(record, true);
    file.write(record, true);
    term = inTerm;
    candidate = forCandidate;
    return true;
  }

  private static byte[] encode(long term, String candidate) {
    byte[] name = candidate.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + name.length).putLong(term).put(name).array();
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
