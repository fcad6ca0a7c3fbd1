package io.ssyncd.log.atomix;

/**
 * How far the log is written. Moved by the server's thread alone; read by any.
 *
 * <p>Whoever reads it and then syncs the log has at least that much on the disk.
 */
final class LogEnd {
  private volatile Position position;

  /**
   * @param term the last entry's, or a later one
   * @param index the last entry's
   */
  record Position(long term, long index) {}

  LogEnd(long term, long index) {
    position = new Position(term, index);
  }

  Position now() {
    return position;
  }

  void reached(long term, long index) {
    position = new Position(term, index);
  }

  /** Called before the log is cut. */
  void cut(long index) {
    Position before = position;
    if (index < before.index) {
      position = new Position(before.term, index);
    }
  }
}
