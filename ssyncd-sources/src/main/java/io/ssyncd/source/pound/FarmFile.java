package io.ssyncd.source.pound;

import io.ssyncd.node.HostClock;
import io.ssyncd.node.Reason;
import io.ssyncd.node.Warning;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A farm's pound.cfg as it is on disk: read again when asked to, and remembered in between, so that
 * the thread that reads the link never waits for a disk. Thread-safe.
 *
 * <p>What was read last keeps counting for TTLs when the file is gone or broken; nothing is written
 * to a Pound by it then.
 */
public final class FarmFile {
  private static final Logger log = LoggerFactory.getLogger(FarmFile.class);

  /** How far a start time taken from {@code /proc} may be off. */
  private static final long START_SLACK_MS = 100;

  private final String farm;
  private final Optional<Path> path;
  private volatile Reading reading = new Reading(null, null);

  /** What was read: the last good configuration, and what is wrong now. */
  private record Reading(@Nullable FarmConfig config, @Nullable Warning problem) {}

  /**
   * What may be written to a Pound.
   *
   * @param config what describes the running process; null if nothing does
   * @param reason why nothing does
   * @param text the same in words
   */
  public record Description(@Nullable FarmConfig config, @Nullable Reason reason, String text) {
    private static Description of(FarmConfig config) {
      return new Description(config, null, "");
    }

    private static Description none(Reason reason, String text) {
      return new Description(null, reason, text);
    }
  }

  /**
   * A farm's file, not read yet.
   *
   * @param path absent if none is known
   */
  public FarmFile(String farm, Optional<Path> path) {
    this.farm = farm;
    this.path = path;
  }

  /** Reads the file. A problem is kept as a warning, and logged once. */
  public void refresh() {
    Reading before = reading;
    Reading now = read(before.config());
    reading = now;
    if (now.problem() != null && !now.problem().equals(before.problem())) {
      log.warn("http {}: {}", farm, now.problem().text());
    }
  }

  private Reading read(@Nullable FarmConfig last) {
    if (path.isEmpty()) {
      return new Reading(null, null);
    }
    Path file = path.get();
    if (!Files.exists(file)) {
      return new Reading(last, new Warning("no-configuration", file + " does not exist"));
    }
    try {
      return new Reading(FarmConfig.read(file, farm), null);
    } catch (FarmConfigException e) {
      return new Reading(last, new Warning("configuration-error", String.valueOf(e.getMessage())));
    }
  }

  /** What was read last; null if nothing could be. */
  public @Nullable FarmConfig config() {
    return reading.config();
  }

  /** Whose the farm's Pound is by its file; absent if that does not say. */
  Optional<String> user() {
    FarmConfig config = reading.config();
    return Optional.ofNullable(config).map(FarmConfig::user).filter(name -> !name.isEmpty());
  }

  /** What is wrong with the file now. */
  public List<Warning> warnings() {
    Reading now = reading;
    List<Warning> all = new ArrayList<>();
    if (now.problem() != null) {
      all.add(now.problem());
    }
    if (now.config() != null && now.config().globalSessions()) {
      all.add(
          new Warning(
              "global-sessions",
              now.config().file()
                  + " keeps sessions in services outside of listeners: Pound tells of them as of"
                  + " listener 0, service 0; move these services into listeners"));
    }
    return all;
  }

  /**
   * Whether the file describes that process, as of the last {@link #refresh}: Pound reads it once,
   * when it starts, and a wrong service number kills it.
   */
  public Description describing(Peer peer) {
    Reading now = reading;
    FarmConfig config = now.config();
    if (now.problem() != null || config == null) {
      String text = now.problem() == null ? "no configuration file is known" : now.problem().text();
      return Description.none(Reason.NO_CONFIGURATION, text);
    }
    long modified = config.newestModification().toEpochMilli();
    if (peer.configuredAtMs() + START_SLACK_MS < modified) {
      return Description.none(
          Reason.CONFIGURATION_NEWER_THAN_PROCESS,
          config.file()
              + " was changed after Pound (pid "
              + peer.process().pid()
              + ") had read it: restart that Pound");
    }
    return Description.of(config);
  }

  /** The TTL of a session's service in milliseconds; 0 if it is not known. */
  long ttlMs(HttpKey key) {
    FarmConfig.Service service = service(key);
    return service == null || !service.keepsSessions() ? 0 : service.ttl().toMillis();
  }

  /**
   * Whether a session has outlived its service's TTL; false if that is not known. Pound drops it at
   * its sweep when {@code lastAccess < now - TTL}, in whole seconds. False as well for one that may
   * only look so, because the clock was set forward.
   */
  boolean expired(HttpSession session, HostClock clock) {
    long ttl = ttlMs(session.key());
    return ttl > 0
        && session.lastAccessMs() / 1000 + ttl / 1000 < clock.millis() / 1000
        && !clock.wasSetForwardWithin(ttl);
  }

  /** The service of a session; null if it is not known. */
  FarmConfig.@Nullable Service service(HttpKey key) {
    FarmConfig config = reading.config();
    return config == null ? null : config.service(key);
  }
}
