package io.ssyncd.log.atomix.net;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Hears those who do not know the cluster yet and want to be members. They have proved that they
 * hold the shared key, if there is one, and nothing else. Called on network threads: must not
 * block.
 */
@FunctionalInterface
public interface Introductions {
  /** What a stranger's request is called. */
  String SUBJECT = "ssyncd-introduce";

  /**
   * Answers.
   *
   * @param name how it calls itself
   * @param at the address of ours that it came to
   * @param request what it says
   */
  CompletableFuture<byte[]> introduced(String name, InetSocketAddress at, byte[] request);
}
