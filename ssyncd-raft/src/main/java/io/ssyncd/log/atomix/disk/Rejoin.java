package io.ssyncd.log.atomix.disk;

import java.nio.file.Path;

/** The way out of a log that cannot be trusted: begin with none, and be filled by the others. */
public final class Rejoin {
  private Rejoin() {}

  /**
   * What to do, in one sentence.
   *
   * @param directory the log's directory
   */
  public static String text(Path directory) {
    return String.format(
        "To rejoin with an empty log: stop this daemon, see with `ssyncdctl status` on another"
            + " member that the others have a leader and are in sync, then `mv %s %s.damaged` and"
            + " start this daemon; the others fill it. Never do this on two members at once",
        directory, directory);
  }
}
