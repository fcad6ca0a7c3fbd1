package io.ssyncd.node;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What a future failed with, without what futures wrap around it. */
final class Cause {
  private Cause() {}

  static Throwable of(@Nullable Throwable error) {
    Throwable cause = error == null ? null : error.getCause();
    if (cause != null
        && (error instanceof CompletionException || error instanceof ExecutionException)) {
      return cause;
    }
    return error == null ? new IllegalStateException("failed without a reason") : error;
  }

  /** The message, or else the exception's name. */
  static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }
}
