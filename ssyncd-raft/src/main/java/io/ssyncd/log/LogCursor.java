package io.ssyncd.log;

import java.util.concurrent.CompletableFuture;

/**
 * Reads the committed entries that a member still has, from the oldest on. For one thread at a
 * time; does not hold the log from being written, nor from being cut.
 */
public interface LogCursor extends AutoCloseable {
  /**
   * Reads on, by about as much as the log can read without being late for anything else.
   *
   * @return what comes next, which may hold no entry; or {@link LogUnavailableException} if the log
   *     is closed
   */
  CompletableFuture<LogSlice> next();

  /** Lets go of the log's files. */
  @Override
  void close();
}
