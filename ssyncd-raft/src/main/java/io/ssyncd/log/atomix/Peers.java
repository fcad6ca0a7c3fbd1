package io.ssyncd.log.atomix;

import io.ssyncd.log.ClockOffset;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the members tell each other beside the log: notices, clocks, who is in reach, and the wish
 * that a member should lead. Small messages of bounded size.
 */
final class Peers {
  private static final Logger log = LoggerFactory.getLogger(Peers.class);

  private static final String PROBE = "ssyncd-probe";
  private static final String LEAD = "ssyncd-lead";
  private static final Duration REACHABLE = Duration.ofMillis(1500);
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final int LOOKS = 5;
  private static final long NARROW_MICROS = 50;
  private static final byte[] NONE = new byte[0];

  private final Transport transport;
  private final ScheduledExecutorService thread;
  private final String self;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private volatile byte[] notice = NONE;

  /**
   * @param thread runs the probes
   */
  Peers(LogConfig config, Transport transport, ScheduledExecutorService thread) {
    this.self = config.member();
    this.transport = transport;
    this.thread = thread;
  }

  /** From now on these are the members, this one perhaps among them. */
  void members(Set<String> names) {
    for (String name : names) {
      if (!name.equals(self)) {
        Peer unused = peers.computeIfAbsent(name, Peer::new);
      }
    }
    peers.keySet().retainAll(names);
  }

  /**
   * Begins to probe and to answer.
   *
   * @param interval between two probes of a member
   * @param lead tries to make this member the leader
   */
  void start(Duration interval, Supplier<CompletableFuture<Void>> lead) {
    transport.handle(PROBE, this::answer);
    transport.handle(
        LEAD,
        (from, bytes) -> {
          log.info("{} asks this member to lead", from);
          return lead.get().thenApply(done -> NONE);
        });
    var unused =
        thread.scheduleWithFixedDelay(
            this::probeAll, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop() {
    transport.unhandle(PROBE);
    transport.unhandle(LEAD);
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
    return transport.ask(member, LEAD, NONE, timeout).thenAccept(answer -> {});
  }

  private void probeAll() {
    for (Peer peer : peers.values()) {
      if (peer.beginAsking()) {
        probe(peer);
      }
    }
  }

  private void probe(Peer peer) {
    byte[] request = new Probe(steadyMicros(), 0, 0, notice).encode();
    var unused =
        transport
            .ask(peer.name, PROBE, request, ANSWER)
            .whenComplete((bytes, error) -> onAnswer(peer, bytes, error));
  }

  private void onAnswer(Peer peer, byte @Nullable [] bytes, @Nullable Throwable error) {
    long returned = steadyMicros();
    peer.endAsking();
    if (bytes == null) {
      log.trace("{} did not answer", peer.name, error);
      return;
    }
    try {
      peer.answered(Probe.decode(bytes), returned);
    } catch (IllegalArgumentException e) {
      log.warn("{} answers with {}: ignored", peer.name, e.getMessage());
    }
  }

  private CompletableFuture<byte[]> answer(String from, byte[] bytes) {
    long received = wallMicros();
    Probe request = Probe.decode(bytes);
    Peer peer = peers.get(from);
    if (peer != null) {
      peer.asked(request);
    }
    return CompletableFuture.completedFuture(
        new Probe(request.sent(), received, wallMicros(), notice).encode());
  }

  /** How far that member's wall clock is ahead of this one's; null if it never answered. */
  @Nullable ClockOffset clockOffset(String name) {
    Peer peer = peers.get(name);
    return peer == null ? null : peer.clockOffset(wallAheadMicros());
  }

  /**
   * How far our wall clock is ahead of our monotonic one. The best of some looks: a thread that is
   * kept waiting between the two would take the wait for an offset.
   */
  private static long wallAheadMicros() {
    long ahead = 0;
    long narrowest = Long.MAX_VALUE;
    for (int i = 0; i < LOOKS && narrowest > NARROW_MICROS; i++) {
      long before = steadyMicros();
      long wall = wallMicros();
      long after = steadyMicros();
      if (after - before < narrowest) {
        narrowest = after - before;
        ahead = wall - before - narrowest / 2;
      }
    }
    return ahead;
  }

  private static long steadyMicros() {
    return System.nanoTime() / 1000;
  }

  private static long wallMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
