package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.cluster.messaging.ClusterCommunicationService;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries Raft's messages over our transport: the requests and answers that its server uses, and
 * none of the other ways to send that the interface has.
 */
final class Courier implements ClusterCommunicationService {
  private static final byte[] NONE = new byte[0];

  private final Transport transport;
  private final Duration timeout;

  /**
   * @param timeout for requests that name none
   */
  Courier(Transport transport, Duration timeout) {
    this.transport = transport;
    this.timeout = timeout;
  }

  @Override
  public <M, R> CompletableFuture<R> send(
      String subject,
      M message,
      Function<M, byte[]> encoder,
      Function<byte[], R> decoder,
      MemberId to,
      @Nullable Duration within) {
    try {
      return transport
          .ask(to.id(), subject, encoder.apply(message), within == null ? timeout : within)
          .thenApply(decoder);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <M, R> CompletableFuture<Void> subscribe(
      String subject,
      Function<byte[], M> decoder,
      Function<M, CompletableFuture<R>> handler,
      Function<R, byte[]> encoder) {
    transport.handle(
        subject,
        (from, payload) -> {
          M message = decoder.apply(payload);
          return handler.apply(message).thenApply(encoder);
        });
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void unsubscribe(String subject) {
    transport.unhandle(subject);
  }

  /** Sends without an answer; Raft does so for session events, of which we have none. */
  @Override
  public <M> CompletableFuture<Void> unicast(
      String subject, M message, Function<M, byte[]> encoder, MemberId to, boolean reliable) {
    return transport
        .ask(to.id(), subject, encoder.apply(message), timeout)
        .thenAccept(answer -> {});
  }

  @Override
  public <M> CompletableFuture<Void> subscribe(
      String subject, Function<byte[], M> decoder, Consumer<M> handler, Executor executor) {
    transport.handle(
        subject,
        (from, payload) ->
            CompletableFuture.supplyAsync(
                () -> {
                  handler.accept(decoder.apply(payload));
                  return NONE;
                },
                executor));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public <M> void broadcast(
      String subject, M message, Function<M, byte[]> encoder, boolean reliable) {
    throw unused();
  }

  @Override
  public <M> void broadcastIncludeSelf(
      String subject, M message, Function<M, byte[]> encoder, boolean reliable) {
    throw unused();
  }

  @Override
  public <M> void multicast(
      String subject, M message, Function<M, byte[]> encoder, Set<MemberId> to, boolean reliable) {
    throw unused();
  }

  @Override
  public <M, R> CompletableFuture<Void> subscribe(
      String subject,
      Function<byte[], M> decoder,
      Function<M, R> handler,
      Function<R, byte[]> encoder,
      Executor executor) {
    throw unused();
  }

  @Override
  public <M> CompletableFuture<Void> subscribe(
      String subject,
      Function<byte[], M> decoder,
      BiConsumer<MemberId, M> handler,
      Executor executor) {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("Raft's server does not send this way");
  }
}
