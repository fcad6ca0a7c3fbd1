package io.ssyncd.daemon.control;

/** Exit codes of {@code ssyncdctl} and {@code ssyncd}: sysexits, and the four of {@code status}. */
public final class Exit {
  /** Done; for {@code status} and {@code health}: healthy. */
  public static final int OK = 0;

  /** {@code find}, {@code history}: nobody of that key or address, as with grep. */
  public static final int NOT_FOUND = 1;

  /** {@code status}, {@code health}: a majority is in reach, but something is wrong. */
  public static final int DEGRADED = 1;

  /** {@code status}, {@code health}: no majority is in reach. */
  public static final int NO_QUORUM = 2;

  /** {@code status}, {@code health}: no daemon answers. */
  public static final int NOT_RUNNING = 3;

  /** {@code status}, {@code health}: the daemon answers, but not with its status. */
  public static final int UNKNOWN = 4;

  /** The command was not understood (EX_USAGE). */
  public static final int USAGE = 64;

  /** Something was refused or mismatched (EX_DATAERR). */
  public static final int REFUSED = 65;

  /** A file cannot be read (EX_NOINPUT). */
  public static final int NO_INPUT = 66;

  /** No daemon answers (EX_UNAVAILABLE). */
  public static final int ABSENT = 69;

  /** A bug (EX_SOFTWARE). */
  public static final int INTERNAL = 70;

  /** A file exists, or cannot be made (EX_CANTCREAT). */
  public static final int CANNOT_CREATE = 73;

  /** Not now: no quorum, or somebody else is at it (EX_TEMPFAIL). */
  public static final int TRY_AGAIN = 75;

  /** The socket may not be used by this user (EX_NOPERM). */
  public static final int NO_PERMISSION = 77;

  /** The configuration does not allow it (EX_CONFIG). */
  public static final int CONFIGURATION = 78;

  private Exit() {}
}
