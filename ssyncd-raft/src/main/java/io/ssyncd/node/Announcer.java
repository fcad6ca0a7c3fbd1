package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells others how this node stands, when that has changed: the members by its notice, keepalived
 * by the track file. On the node's thread, but for {@link #warning} and the file itself, which has
 * a thread of its own.
 */
final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  /** So long a start waits for the track file. */
  private static final Duration FIRST_MOST = Duration.ofSeconds(2);

  private final ReplicatedLog raft;
  private final NodeLoop writer;
  private final Supplier<PromotionState.View> promotion;
  private final Feeds feeds;
  private final VipWatch vip;
  private final Digests digests;
  private final Members members;
  private final BooleanSupplier owes;
  private final Readiness readiness;
  private final @Nullable TrackFile track;
  private final PurgedFiles purged;
  private final long startedMs = System.currentTimeMillis();
  private volatile Readiness.Told told = new Readiness.Told(TrackFile.NOT_READY, "it starts");
  private byte[] published = new byte[0];

  /**
   * Of a node that has told nothing yet.
   *
   * @param writer writes the track file
   * @param owes whether this node served without a majority
   * @param purged how far its files are rid of what was purged
   */
  Announcer(
      NodeConfig config,
      ReplicatedLog raft,
      NodeLoop writer,
      Supplier<PromotionState.View> promotion,
      Feeds feeds,
      VipWatch vip,
      Digests digests,
      Members members,
      BooleanSupplier owes,
      PurgedFiles purged) {
    this.purged = purged;
    this.raft = raft;
    this.writer = writer;
    this.promotion = promotion;
    this.feeds = feeds;
    this.vip = vip;
    this.digests = digests;
    this.members = members;
    this.owes = owes;
    this.readiness = new Readiness(config);
    this.track = config.promotion().trackFile().map(TrackFile::new).orElse(null);
  }

  @Nullable Warning warning() {
    return track == null ? null : track.warning();
  }

  /** What the track file says; null if there is none. */
  Readiness.@Nullable Told track() {
    return track == null ? null : told;
  }

  /** Whether this node's sinks hold what it knows, and nobody is known to know more. */
  boolean wrote() {
    return readiness.wrote();
  }

  /**
   * Writes the track file, now and from now on, again and again; before any other call. What an
   * earlier process left there is not believed any longer when this returns.
   */
  void begin(Duration every) {
    TrackFile file = track;
    if (file != null) {
      updateTrack();
      awaitFirst(CompletableFuture.runAsync(() -> file.write(told.value()), writer::execute));
      writer.every(every, () -> file.write(told.value()));
    }
  }

  /** A disk that hangs holds no start: {@link TrackFile#warning} says so then. */
  private static void awaitFirst(CompletableFuture<Void> write) {
    try {
      write.get(FIRST_MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn("the track file was not written within {} ms", FIRST_MOST.toMillis());
    } catch (ExecutionException e) {
      log.error("the track file was not written, by a bug", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An operator had written what this node holds, without a majority. */
  void lastKnownWritten() {
    readiness.lastKnownWritten();
    updateTrack();
  }

  /** To keepalived, if the value has changed. */
  void updateTrack() {
    Readiness.Told now =
        readiness.value(
            promotion.get(),
            raft.status(),
            owes.getAsBoolean(),
            members.anyServedAlone(),
            System.nanoTime());
    Readiness.Told before = told;
    told = now;
    TrackFile file = track;
    if (file != null && now.value() != before.value()) {
      log.info("track file: {}, {}", now.value(), now.why());
      writer.execute(() -> file.write(told.value()));
    }
  }

  /** To the members, if anything has changed. */
  void publish() {
    byte[] notice =
        NoticeCodec.encode(
            new Notice(
                raft.status().appliedIndex(),
                promotion.get().state(),
                vip.holds(),
                owes.getAsBoolean(),
                startedMs,
                feeds.hearing(),
                configurations(),
                purged.index(),
                digests.own()));
    if (!Arrays.equals(notice, published)) {
      published = notice;
      raft.publish(notice);
    }
  }

  private SortedMap<String, String> configurations() {
    SortedMap<String, String> configurations = new TreeMap<>();
    for (LocalFeed local : feeds.all()) {
      Endpoint endpoint = local.endpoint();
      if (endpoint != null && local.feed().kind() == Kind.HTTP) {
        endpoint
            .configurationDigest()
            .ifPresent(digest -> configurations.put(local.feed().name(), digest));
      }
    }
    return configurations;
  }

  /** keepalived hears that this node is not ready, for good; on the thread that writes the file. */
  void close() {
    if (track != null) {
      track.close();
    }
  }
}
