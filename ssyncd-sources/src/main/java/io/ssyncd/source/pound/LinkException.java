package io.ssyncd.source.pound;

import io.ssyncd.node.Warning;
import java.io.IOException;

/** Why there is no connection to a Pound, with the code of the warning that says so. */
public final class LinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String code;

  LinkException(String code, String message) {
    super(message);
    this.code = code;
  }

  LinkException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The warning to show as long as it is so. */
  public Warning warning() {
    return new Warning(code, String.valueOf(getMessage()));
  }
}
