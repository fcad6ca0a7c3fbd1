package io.ssyncd.daemon;

import io.ssyncd.daemon.control.ControlSocket;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Verbs;
import io.ssyncd.daemon.hooks.Hooks;
import io.ssyncd.daemon.legacy.Legacy;
import io.ssyncd.daemon.metrics.FollowedCollector;
import io.ssyncd.daemon.metrics.HooksCollector;
import io.ssyncd.daemon.metrics.MetricsServer;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.node.SyncNode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node, its control socket and its metrics, from start to end. */
final class Daemon {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private final Settings settings;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  Daemon(Settings settings) {
    this.settings = settings;
  }

  /**
   * Runs until somebody says quit, the process is told to end, or the node halts.
   *
   * @return the exit code
   * @throws LogRefusedException if the node may not start
   * @throws IOException if the control socket cannot be made
   */
  int run() throws IOException, LogRefusedException, InterruptedException {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    try (Hooks hooks = hooks();
        SyncNode node = Wiring.node(settings);
        Legacy legacy = new Legacy(settings, node);
        ControlSocket control = control(node, legacy)) {
      node.onChange(hooks);
      node.onChange(legacy);
      node.show(hooks);
      node.show(legacy);
      node.start();
      // Only now: keepalived's process tracking must neither take a --check for a daemon that runs,
      // nor believe what an earlier daemon left in the track file.
      ProcessName.set("ssyncd");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(stopped), "shutdown"));
      node.halted()
          .thenAccept(
              reason -> {
                log.error("{} halted: {}", settings.node().name(), reason);
                end.complete(Exit.INTERNAL);
              })
          .exceptionally(this::failed);
      control.start();
      legacy.begin();
      MetricsServer metrics = metrics(node, hooks, legacy);
      log.info("{} runs; control socket {}", settings.node().name(), settings.control().socket());
      int exit = end.get();
      if (metrics != null) {
        metrics.close();
      }
      return exit;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      stopped.complete(null);
    }
  }

  private ControlSocket control(SyncNode node, Legacy legacy) throws IOException {
    Settings.Control control = settings.control();
    Runnable quit = () -> end.complete(Exit.OK);
    boolean pair = settings.node().log().pairing().isPresent();
    Verbs verbs = pair ? Verbs.ofPair(node, quit) : new Verbs(node, quit);
    verbs.add(legacy.verbs());
    legacy.answerWith(verbs);
    return new ControlSocket(control.socket(), control.mode(), control.group(), verbs);
  }

  private Hooks hooks() {
    LogConfig log = settings.node().log();
    return new Hooks(settings.hooks(), log.member(), log.cluster()).begin();
  }

  private @Nullable MetricsServer metrics(SyncNode node, Hooks hooks, Legacy legacy) {
    if (settings.metrics().isEmpty()) {
      return null;
    }
    try {
      MetricsServer server =
          new MetricsServer(
              settings.metrics().get(),
              node::status,
              node::counters,
              node::logFigures,
              new HooksCollector(hooks::counts),
              new FollowedCollector(node::followed),
              legacy.collector());
      log.info("metrics at port {}", server.port());
      return server;
    } catch (IOException e) {
      log.warn("no metrics: metrics.listen {}: {}", settings.metrics().get(), e.toString());
      return null;
    }
  }

  /** Runs in the JVM's shutdown: the main thread has to end what it holds before the JVM goes. */
  private void stopOnSignal(CompletableFuture<Void> stopped) {
    // Also when somebody said quit a moment ago: a Pound that is let go of abruptly goes deaf.
    end.complete(Exit.OK);
    stopped.join();
  }

  private @Nullable Void failed(Throwable failure) {
    log.error("the daemon failed by a bug", failure);
    end.complete(Exit.INTERNAL);
    return null;
  }
}
