package io.ssyncd.sink.pound;

import io.ssyncd.node.Endpoint;
import io.ssyncd.node.SessionSink;
import io.ssyncd.node.SessionSource;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.SessionKey;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmFile;
import io.ssyncd.source.pound.PoundLink;
import io.ssyncd.source.pound.PoundLinkConfig;
import io.ssyncd.source.pound.PoundSource;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.source.pound.SessionType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A farm's Pound: one link, shared by its source and its sink, and the thread of their timers. */
public final class PoundEndpoint implements Endpoint {
  private static final Logger log = LoggerFactory.getLogger(PoundEndpoint.class);

  /** Whether somebody sets the clock is seen on followers too, who may lead soon. */
  private static final long CLOCK_MS = 1000;

  private static final long REFRESH_MS = 5_000;
  private static final long MOST_TICK_MS = 500;
  private static final long MOST_DEAF_CHECK_MS = 1_000;

  private final PoundLinkConfig config;
  private final ScheduledThreadPoolExecutor worker;
  private final PoundLink link;
  private final PoundSource source;
  private final PoundSink sink;

  /**
   * Opens the link; does not wait for Pound.
   *
   * @param configuration the farm's pound.cfg, if one is known
   */
  public PoundEndpoint(PoundLinkConfig config, Optional<Path> configuration) {
    this(config, configuration, Optional.empty());
  }

  /**
   * Opens the link; does not wait for Pound.
   *
   * @param configuration the farm's pound.cfg, if one is known
   * @param tool Pound's own tool, if writes are read back by it
   */
  public PoundEndpoint(
      PoundLinkConfig config, Optional<Path> configuration, Optional<PoundctlTool> tool) {
    this.config = config;
    this.worker =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "pound-" + config.farm() + "-worker");
              thread.setDaemon(true);
              return thread;
            });
    FarmFile farm = new FarmFile(config.farm(), configuration);
    this.link = new PoundLink(config, farm, worker);
    this.source = new PoundSource(link, worker);
    this.sink = new PoundSink(link, tool);
    repeat(farm::refresh, REFRESH_MS);
    repeat(() -> config.clock().millis(), CLOCK_MS);
    repeat(source::tick, Math.max(1, Math.min(MOST_TICK_MS, config.deleteHold().toMillis() / 4)));
    repeat(source::expire, config.expiry().interval().toMillis());
    repeat(link::askDeafAgain, Math.min(MOST_DEAF_CHECK_MS, config.deafCheck().least().toMillis()));
    link.open();
  }

  private void repeat(Runnable task, long everyMs) {
    var unused =
        worker.scheduleWithFixedDelay(() -> guarded(task), everyMs, everyMs, TimeUnit.MILLISECONDS);
  }

  /** A timer that throws would never run again. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("http {}: a timer failed", config.farm(), e);
    }
  }

  @Override
  public SessionSource source() {
    return source;
  }

  @Override
  public SessionSink sink() {
    return sink;
  }

  /** The link, for its status. */
  public PoundLink link() {
    return link;
  }

  @Override
  public Optional<String> configurationDigest() {
    FarmConfig read = link.farm().config();
    return read == null ? Optional.empty() : Optional.of(read.digest());
  }

  /** Of a service of type BASIC it is, and of one that the configuration does not name. */
  @Override
  public boolean isSecret(SessionKey key) {
    FarmConfig read = link.farm().config();
    FarmConfig.Service service =
        read == null || !(key instanceof HttpKey http) ? null : read.service(http);
    return service == null || service.type() == SessionType.BASIC;
  }

  @Override
  public void close() {
    source.stop();
    link.close();
    worker.shutdownNow();
  }
}
