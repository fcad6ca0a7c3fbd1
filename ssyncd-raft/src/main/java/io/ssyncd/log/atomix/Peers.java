package io.ssyncd.log.atomix;

import io.atomix.cluster.messaging.MessagingService;
import io.atomix.utils.net.Address;
import io.ssyncd.log.LogConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the members tell each other beside the log: notices, clocks, who is in reach, and the wish
 * that a member should lead. Small messages of bounded size; senders that the configuration does
 * not name are ignored.
 */
final class Peers {
  private static final Logger log = LoggerFactory.getLogger(Peers.class);

  private static final String PROBE = "ssyncd-probe";
  private static final String LEAD = "ssyncd-lead";
  private static final Duration REACHABLE = Duration.ofMillis(1500);
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final byte[] NONE = new byte[0];

  private final String self;
  private final MessagingService messaging;
  private final ScheduledExecutorService thread;
  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private volatile byte[] notice = NONE;

  /**
   * @param thread runs the probes and answers those of others
   */
  Peers(LogConfig config, MessagingService messaging, ScheduledExecutorService thread) {
    this.self = config.member();
    this.messaging = messaging;
    this.thread = thread;
    config
        .members()
        .forEach(
            (name, where) -> {
              if (!name.equals(self)) {
                peers.put(name, new Peer(name, Address.from(where.host(), where.port())));
              }
            });
  }

  /**
   * Begins to probe and to answer.
   *
   * @param interval between two probes of a member
   * @param lead tries to make this member the leader
   */
  void start(Duration interval, Supplier<CompletableFuture<Void>> lead) {
    BiFunction<Address, byte[], byte[]> onProbe = (from, bytes) -> answer(bytes);
    BiFunction<Address, byte[], CompletableFuture<byte[]>> onLead =
        (from, bytes) -> answerLead(bytes, lead);
    messaging.registerHandler(PROBE, onProbe, thread);
    messaging.registerHandler(LEAD, onLead);
    var unused =
        thread.scheduleWithFixedDelay(
            this::probeAll, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop() {
    messaging.unregisterHandler(PROBE);
    messaging.unregisterHandler(LEAD);
  }

  void publish(byte[] newNotice) {
    notice = newNotice.clone();
  }

  byte[] ownNotice() {
    return notice.clone();
  }

  /** The other member of this name; null if there is none. */
  @Nullable Peer peer(String name) {
    return peers.get(name);
  }

  boolean reachable(String name) {
    Peer peer = peers.get(name);
    return peer != null && peer.answeredWithin(REACHABLE);
  }

  /** Asks a member to take the lead; done once it says that it has. */
  CompletableFuture<Void> askToLead(String member, Duration timeout) {
    Peer peer = peers.get(member);
    if (peer == null) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no other member " + member));
    }
    return messaging
        .sendAndReceive(peer.address, LEAD, self.getBytes(StandardCharsets.UTF_8), timeout)
        .thenAccept(
            answer -> {
              if (answer.length != 0) {
                throw new IllegalStateException(
                    member + " answered: " + new String(answer, StandardCharsets.UTF_8));
              }
            });
  }

  private void probeAll() {
    for (Peer peer : peers.values()) {
      if (peer.beginAsking()) {
        probe(peer);
      }
    }
  }

  private void probe(Peer peer) {
    try {
      byte[] request = new Probe(self, micros(), 0, 0, notice).encode();
      var unused =
          messaging
              .sendAndReceive(peer.address, PROBE, request, ANSWER)
              .whenComplete((bytes, error) -> onAnswer(peer, bytes, error));
    } catch (RuntimeException e) {
      onAnswer(peer, null, e);
    }
  }

  private void onAnswer(Peer peer, byte @Nullable [] bytes, @Nullable Throwable error) {
    long returned = micros();
    peer.endAsking();
    if (bytes == null) {
      log.trace("{} did not answer", peer.name, error);
      return;
    }
    try {
      Probe answer = Probe.decode(bytes);
      if (answer.name().equals(peer.name)) {
        peer.answered(answer, returned);
      } else {
        log.warn("{} is answered by {}: its answer is ignored", peer.name, answer.name());
      }
    } catch (IllegalArgumentException e) {
      log.warn("{} answers with {}: ignored", peer.name, e.getMessage());
    }
  }

  private byte[] answer(byte[] bytes) {
    long received = micros();
    Probe request = Probe.decode(bytes);
    Peer peer = peers.get(request.name());
    if (peer == null) {
      throw new IllegalArgumentException("no configured member: " + request.name());
    }
    peer.asked(request);
    return new Probe(self, request.sent(), received, micros(), notice).encode();
  }

  private CompletableFuture<byte[]> answerLead(
      byte[] bytes, Supplier<CompletableFuture<Void>> lead) {
    String asker = new String(bytes, StandardCharsets.UTF_8);
    if (!peers.containsKey(asker)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("no configured member: " + asker));
    }
    log.info("{} asks this member to lead", asker);
    return lead.get()
        .handle(
            (ok, error) ->
                error == null ? NONE : error.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
