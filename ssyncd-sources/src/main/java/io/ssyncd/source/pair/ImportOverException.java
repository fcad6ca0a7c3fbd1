package io.ssyncd.source.pair;

/** The way into the log has closed: this node does not lead any more, or is being stopped. */
public final class ImportOverException extends Exception {
  private static final long serialVersionUID = 1L;

  ImportOverException() {
    super(
        "this node does not lead any more, or is being stopped: import again on the leader; the old"
            + " master tells of everything anew");
  }
}
