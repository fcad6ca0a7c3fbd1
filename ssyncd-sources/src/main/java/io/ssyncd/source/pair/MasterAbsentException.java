package io.ssyncd.source.pair;

import java.io.IOException;

/** The old master of an import that does not wait for it is not there. */
public final class MasterAbsentException extends IOException {
  private static final long serialVersionUID = 1L;

  MasterAbsentException(String message, Throwable cause) {
    super(message, cause);
  }
}
