package io.ssyncd.log.atomix.net;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that has no answer yet.
 *
 * @param frame what was asked
 * @param sentAt when, by {@link System#nanoTime}
 * @param deadline until when an answer counts
 * @param written set by whoever writes it: both the asker and the new connection may want to
 * @param answer completed once, by whoever removes the request from the table
 */
record PendingRequest(
    Frame frame,
    long sentAt,
    long deadline,
    AtomicBoolean written,
    CompletableFuture<byte[]> answer) {}
