package io.ssyncd.log.atomix.net;

import java.util.concurrent.CompletableFuture;

/** Answers requests of one subject. Called on a network thread: must not block. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers a request.
   *
   * @param from the member that asks, as it greeted
   * @param payload its bytes; the callee may keep them
   * @return the answer; a failure is told to the asker as text
   */
  CompletableFuture<byte[]> on(String from, byte[] payload);
}
