package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;

/** Where a verb puts its answer. Used by one thread. */
public interface Reply {
  /** What the client sends behind its request, to the end; may wait for the client. */
  default InputStream body() {
    throw new UnsupportedOperationException("a request without a body");
  }

  /** Who asks; {@link Caller#NOBODY} where that cannot be known. */
  default Caller caller() throws IOException {
    return Caller.NOBODY;
  }

  /** Sends one of many items, such as a session. */
  void item(JsonNode item) throws IOException;

  /** Sends the items on that were collected so far. */
  void flush() throws IOException;

  /**
   * Whether the client sent something behind its request, as one does that wants no more items and
   * waits for the result. Does not wait, and takes what was sent.
   *
   * @throws IOException if the connection is gone
   */
  default boolean isEnough() throws IOException {
    return false;
  }

  /** Ends the reply with a result and the exit code that it means. */
  void result(int exit, JsonNode result) throws IOException;

  /** Ends the reply with an error, in words, and its exit code. */
  void error(int exit, String error) throws IOException;
}
