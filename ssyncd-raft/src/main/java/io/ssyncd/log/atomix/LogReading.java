package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.storage.log.RaftLog;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import io.atomix.protocols.raft.storage.log.entry.CommandEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.journal.Indexed;
import io.atomix.storage.journal.JournalReader;
import io.ssyncd.log.LogCursor;
import io.ssyncd.log.LogSlice;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LoggedEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads Atomix' log in parts, each on the server's thread: its files are mapped, and whoever reads
 * in one that is being unmapped takes the process down. After each part the reader looks for what
 * is next, which takes it into the file of that entry: so it is moved when that file is dropped,
 * see {@link OpenReaders}.
 */
final class LogReading implements LogCursor {
  /** What a part may hold: a millisecond or two of the server's thread. */
  static final int PART_BYTES = 256 * 1024;

  static final int PART_ENTRIES = 512;

  private final @Nullable Embedding log;
  private final Duration patience;
  private @Nullable RaftLogReader reader;

  /**
   * @param log what is read; null if there is none
   * @param patience how long the server's thread may be busy with something else
   */
  LogReading(@Nullable Embedding log, Duration patience) {
    this.log = log;
    this.patience = patience;
  }

  @Override
  public CompletableFuture<LogSlice> next() {
    Embedding open = log;
    if (open == null) {
      return CompletableFuture.failedFuture(new LogUnavailableException("the log is not running"));
    }
    return open.onLog(from -> part(from, open.commitIndex()))
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private LogSlice part(RaftLog from, long committed) {
    RaftLogReader at = reader;
    if (at == null) {
      at = from.openReader(1, JournalReader.Mode.ALL);
      reader = at;
    }
    List<LoggedEntry> entries = new ArrayList<>();
    long begin = at.getNextIndex();
    int bytes = 0;
    int looked = 0;
    while (bytes < PART_BYTES
        && looked < PART_ENTRIES
        && at.getNextIndex() <= committed
        && at.hasNext()) {
      Indexed<RaftLogEntry> next = at.next();
      looked++;
      bytes += next.size();
      if (next.entry() instanceof CommandEntry command
          && command.operation().id().id().equals(TableService.APPLY.id())) {
        entries.add(
            new LoggedEntry(next.index(), command.timestamp(), command.operation().value()));
      }
    }
    boolean more = at.hasNext() && at.getNextIndex() <= committed;
    return new LogSlice(begin, at.getNextIndex(), !more, entries);
  }

  @Override
  public void close() {
    if (log == null) {
      return;
    }
    var unused =
        log.onLog(
            from -> {
              RaftLogReader at = reader;
              reader = null;
              if (at != null) {
                at.close();
              }
              return true;
            });
  }
}
