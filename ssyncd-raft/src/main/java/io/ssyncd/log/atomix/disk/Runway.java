package io.ssyncd.log.atomix.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bytes that come next in the newest file of the log zeroed and allocated, for two
 * reasons. Atomix writes through a mapping of a file with holes: if there is no space for a hole,
 * the process is told by SIGBUS; here it is an {@link IOException} before. And Atomix cuts a log by
 * zeroing eight bytes: a shorter history, written over a longer one, could end where an old entry
 * begins, which then is read as the next one.
 *
 * <p>On the server's thread only, which is the one that appends.
 */
public final class Runway implements AutoCloseable {
  /** How far ahead of the log's end is zeroed at a time, in bytes. */
  static final int AHEAD_BYTES = 1024 * 1024;

  private static final int PAGE_BYTES = 64 * 1024;
  private static final Logger log = LoggerFactory.getLogger(Runway.class);

  private final Path directory;
  private final String prefix;
  private final int maxEntryBytes;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(PAGE_BYTES);
  private @Nullable FileChannel channel;
  private long number;
  private long bytes;
  private long position;
  private long zeroedTo;

  /**
   * Not usable before {@link #restart}.
   *
   * @param prefix with this and a dash the names of the log's files begin
   * @param maxEntryBytes the largest entry as Atomix writes it
   */
  public Runway(Path directory, String prefix, int maxEntryBytes) {
    this.directory = directory;
    this.prefix = prefix;
    this.maxEntryBytes = maxEntryBytes;
  }

  /**
   * Looks where the log ends now: at the start, and after it was cut or begun anew; and zeroes what
   * comes after its end, to the last byte.
   *
   * @return whether there was anything, which has to be synced before an entry is written over it
   */
  public boolean restart() throws IOException {
    Map.Entry<Long, Path> newest = SegmentFiles.newest(directory, prefix);
    SegmentFile found = SegmentFile.read(newest.getValue(), newest.getKey(), maxEntryBytes);
    use(newest.getKey(), newest.getValue(), found.endsAt());
    long leftTo = endOfWhatIsLeft(newest.getValue(), found.endsAt());
    zero(leftTo);
    return leftTo > found.endsAt();
  }

  /** The end of the last page with anything in it; {@code from} if all is zero from there on. */
  private long endOfWhatIsLeft(Path file, long from) throws IOException {
    ByteBuffer read = ByteBuffer.allocateDirect(PAGE_BYTES);
    long end = from;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long at = from; in.read(read.clear(), at) > 0; at += read.limit()) {
        read.flip();
        if (!read.equals(zeros.clear().limit(read.limit()))) {
          end = at + read.limit();
        }
      }
    }
    return end;
  }

  private void use(long its, Path file, long endsAt) throws IOException {
    close();
    number = its;
    FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE);
    channel = opened;
    bytes = opened.size();
    position = endsAt;
    zeroedTo = endsAt;
    // It may have the name of one that was cut off since the last sync, which would take it for
    // that one.
    SegmentFiles.syncDirectory(directory);
  }

  /** Makes sure that any entry can be written next, with an end of the log behind it. */
  public void clear() throws IOException {
    long needed = position + 2L * SegmentFile.ENTRY_HEADER_BYTES + maxEntryBytes;
    if (Math.min(needed, bytes) > zeroedTo) {
      zero(Math.min(position + AHEAD_BYTES, bytes));
    }
  }

  private void zero(long to) throws IOException {
    FileChannel into = channel;
    if (into == null) {
      throw new IOException("the log in " + directory + " is closed");
    }
    while (zeroedTo < to) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), to - zeroedTo));
      zeroedTo += into.write(zeros, zeroedTo);
    }
  }

  /**
   * Follows the log. That Atomix has begun a new file is seen by the file, not by what would have
   * fitted into the old one: after a cut to a file's end it no longer uses the rest of that file,
   * though there is space.
   *
   * @param entryBytes what was appended, without its header
   * @throws IOException also if it cannot be where it should: then nothing is known to be free
   */
  public void appended(int entryBytes) throws IOException {
    Path next = SegmentFiles.file(directory, prefix, number + 1);
    if (Files.exists(next)) {
      use(number + 1, next, SegmentFile.HEADER_BYTES);
    }
    position += SegmentFile.ENTRY_HEADER_BYTES + entryBytes;
    zeroedTo = Math.max(zeroedTo, position);
    if (position > bytes) {
      throw new IOException(
          "the log in " + directory + " ends at byte " + position + " of a file of " + bytes);
    }
  }

  /** Where the next entry goes in the newest file, in bytes. */
  long position() {
    return position;
  }

  @Override
  public void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.warn("a file of the log was not closed in order", e);
      }
    }
  }
}
