package io.ssyncd.daemon.control;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what the cluster was asked for. */
public final class Wish {
  /** Whatever is committed takes milliseconds; without an answer by then there is no quorum. */
  public static final long COMMIT_SECONDS = 10;

  private Wish() {}

  /**
   * Waits for {@value #COMMIT_SECONDS} s at most.
   *
   * @throws LogUnavailableException if it was not done, in words, or is not known to be
   * @throws IllegalArgumentException if it cannot be done at all
   */
  public static <T> T granted(CompletableFuture<T> wish)
      throws InterruptedException, UnknownFarmException, LogUnavailableException {
    try {
      return wish.get(COMMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new LogUnavailableException(
          "no answer of the cluster within " + COMMIT_SECONDS + " s; it may still be done later",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof IllegalArgumentException refused) {
        throw refused;
      }
      if (cause instanceof UnknownFarmException unknown) {
        throw unknown;
      }
      if (cause instanceof LogUnavailableException unavailable) {
        throw unavailable;
      }
      if (cause instanceof IOException) {
        throw new LogUnavailableException(String.valueOf(cause.getMessage()), cause);
      }
      throw new IllegalStateException("a request failed", cause);
    }
  }
}
