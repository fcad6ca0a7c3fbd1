package io.ssyncd.table;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Bytes that are no snapshot, or a damaged one; says what is wrong, and before which byte. */
public final class UnusableSnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableSnapshotException(String message, @Nullable Exception cause) {
    super(message, cause);
  }
}
