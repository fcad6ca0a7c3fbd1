package io.ssyncd.node;

import io.ssyncd.log.LogConfig;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a node has to be told. A value object: whoever embeds a node makes one, the daemon reads
 * one from its file.
 *
 * @param dataDirectory a directory of its own, made if missing; the log's lies below it
 * @param log the members, and which of them this node is
 * @param feeds what is ingested without an operator's {@code start}
 * @param promotion what a promotion does
 * @param limits bounds of the table
 * @param digestEvery how often the leader has the members' tables compared while they change
 * @param materialise which sinks are kept current while another node leads
 * @param clockLimit beyond it the difference to a member's clock is warned of
 * @param warnings what the reader of the configuration has to say, shown in every status
 */
public record NodeConfig(
    Path dataDirectory,
    LogConfig log,
    List<Feed> feeds,
    Promotion promotion,
    Limits limits,
    Duration digestEvery,
    Materialise materialise,
    Duration clockLimit,
    List<Warning> warnings) {

  /** {@link #digestEvery} where nobody says otherwise. */
  public static final Duration DIGEST_EVERY = Duration.ofSeconds(30);

  /** {@link #clockLimit} where nobody says otherwise. */
  public static final Duration CLOCK_LIMIT = Duration.ofSeconds(1);

  public NodeConfig {
    feeds = List.copyOf(feeds);
    warnings = List.copyOf(warnings);
  }

  /** With sinks that are written on promotion alone. */
  public NodeConfig(
      Path dataDirectory,
      LogConfig log,
      List<Feed> feeds,
      Promotion promotion,
      Limits limits,
      Duration digestEvery,
      List<Warning> warnings) {
    this(
        dataDirectory,
        log,
        feeds,
        promotion,
        limits,
        digestEvery,
        Materialise.ON_PROMOTION,
        CLOCK_LIMIT,
        warnings);
  }

  /**
   * Which sinks are kept current while another node leads; the others are written on promotion.
   *
   * @param kinds feeds of these kinds
   * @param exceptions feeds that are otherwise than their kind: whether they are kept current
   * @param pauses the shortest time between two writes of a feed of a kind
   * @param cpuPercent what all these writes together may take of one core, 1 to 100
   */
  public record Materialise(
      Set<Kind> kinds, Map<Feed, Boolean> exceptions, Map<Kind, Duration> pauses, int cpuPercent) {
    /** None is. */
    public static final Materialise ON_PROMOTION =
        new Materialise(Set.of(), Map.of(), Map.of(), 10);

    public Materialise {
      kinds = Set.copyOf(kinds);
      exceptions = Map.copyOf(exceptions);
      pauses = Map.copyOf(pauses);
      if (cpuPercent < 1 || cpuPercent > 100) {
        throw new IllegalArgumentException("1 to 100 percent of a core, not " + cpuPercent);
      }
    }

    /** Whether that feed's sink is kept current. */
    public boolean keeps(Feed feed) {
      return exceptions.getOrDefault(feed, kinds.contains(feed.kind()));
    }

    /** Whether none is. */
    boolean isNone() {
      return kinds.isEmpty() && !exceptions.containsValue(true);
    }

    Duration pause(Kind kind) {
      return pauses.getOrDefault(kind, Duration.ofSeconds(1));
    }
  }

  /**
   * What a promotion does.
   *
   * @param write the kinds to write, in this order
   * @param vip the node ingests only while one of these addresses is on this host; empty: always
   * @param trackFile the file that keepalived tracks
   * @param deadline after this long an unverified leader counts as degraded instead of not ready
   * @param gate what the track file says before that
   * @param following how leadership and the address find together
   */
  public record Promotion(
      List<Kind> write,
      List<InetAddress> vip,
      Optional<Path> trackFile,
      Duration deadline,
      Gate gate,
      Following following) {
    public Promotion {
      write = List.copyOf(write);
      vip = List.copyOf(vip);
    }

    /** Without a word of keepalived; leadership follows the address if no track file draws it. */
    public Promotion(
        List<Kind> write,
        List<InetAddress> vip,
        Optional<Path> trackFile,
        Duration deadline,
        Gate gate) {
      this(
          write,
          vip,
          trackFile,
          deadline,
          gate,
          new Following(
              !vip.isEmpty() && trackFile.isEmpty(),
              Optional.empty(),
              List.of(),
              Following.HOLD_DOWN));
    }
  }

  /**
   * How leadership and the address that traffic comes to find together.
   *
   * @param leadership whether a node that the address comes to asks for leadership; else the
   *     address is expected to come to the leader, and leadership follows only if it does not
   * @param notifyFifo where keepalived says what becomes of its instances
   * @param instances those whose address counts; empty: all
   * @param holdDown how long the address has to stay where it is before leadership follows, should
   *     it come and go
   */
  public record Following(
      boolean leadership, Optional<Path> notifyFifo, List<String> instances, Duration holdDown) {
    /**
     * Long enough for an address to come to the leader (keepalived 2.2.7 takes 3 to 4 s with its
     * default advert_int of 1 s).
     */
    public static final Duration HOLD_DOWN = Duration.ofSeconds(5);

    public Following {
      instances = List.copyOf(instances);
    }
  }

  /** What the track file says of a node that is not ready. */
  public enum Gate {
    /** Nothing is added to its priority: the address may still come if no other node is better. */
    PRIORITY,
    /** The address stays away. */
    STRICT
  }

  /**
   * Bounds of the table; reached, new records are refused before they are proposed.
   *
   * @param maxHttpSessions over all farms
   * @param maxRecentEntries over all tables
   */
  public record Limits(int maxHttpSessions, int maxRecentEntries) {}

  /** The same, as a member of another log, and with something more to be said in every status. */
  public NodeConfig with(LogConfig other, List<Warning> more) {
    List<Warning> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new NodeConfig(
        dataDirectory, other, feeds, promotion, limits, digestEvery, materialise, clockLimit, all);
  }

  /** This node's name. */
  public String name() {
    return log.member();
  }

  /** Whether this node votes only. */
  public boolean witness() {
    return log.self().witness();
  }
}
