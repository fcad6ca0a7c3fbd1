package io.ssyncd.daemon.legacy;

import io.ssyncd.cli.Foreign;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Requests;
import io.ssyncd.daemon.control.Verb;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.node.NodeChange;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.StatusPart;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.Warning;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.sink.pair.BackupFigures;
import io.ssyncd.sink.pair.BackupListener;
import io.ssyncd.sink.pair.BackupListenerConfig;
import io.ssyncd.sink.pair.Stamps;
import io.ssyncd.source.pair.ImportOptions;
import io.ssyncd.source.pair.PairEncoder;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmConfigException;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.table.TableListener;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that a node does for an old pair beside it, and how that stands. */
public final class Legacy implements StatusPart, NodeChange.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Legacy.class);

  private final Settings settings;
  private final SyncNode node;
  private final ImportVerb imports;
  private Requests verbs =
      (request, reply) -> reply.error(Exit.TRY_AGAIN, "the daemon is starting");
  private volatile NodeState state = NodeState.FOLLOWER;
  private volatile @Nullable BackupListener backups;
  private volatile @Nullable OldSocket oldSocket;

  /** Of a node; nothing is begun yet. */
  public Legacy(Settings settings, SyncNode node) {
    this.settings = settings;
    this.node = node;
    this.imports = new ImportVerb(node, this::importOptions);
  }

  /** Verbs of the control socket. */
  public Map<String, Verb> verbs() {
    return Map.of("import", imports);
  }

  /** For Prometheus. */
  public LegacyCollector collector() {
    return new LegacyCollector(imports::latest, this::backupFigures);
  }

  /** What the old tool's requests are answered with; before {@link #begin}. */
  public void answerWith(Requests requests) {
    verbs = requests;
  }

  /**
   * Begins to serve old backups and the old tool, as far as that is wanted; the node is started.
   */
  public void begin() {
    Settings.Legacy wanted = settings.legacy();
    wanted
        .listen()
        .ifPresent(
            at ->
                backups =
                    new BackupListener(
                        new BackupListenerConfig(at, wanted.allow()),
                        node.table(),
                        new Applied(),
                        stamps(),
                        () -> leads(state)));
    wanted.socket().ifPresent(path -> oldSocket = new OldSocket(path, verbs).begin());
  }

  @Override
  public void changed(NodeChange change) {
    state = change.state();
    BackupListener now = backups;
    if (now != null) {
      now.look();
    }
  }

  /** From when on its table has all that was acknowledged. */
  private static boolean leads(NodeState state) {
    return state == NodeState.WRITING
        || state == NodeState.VERIFIED
        || state == NodeState.INGESTING;
  }

  private final class Applied implements BackupListener.Changes {
    @Override
    public void onApplied(TableListener listener) {
      node.onApplied(listener);
    }

    @Override
    public void noMore(TableListener listener) {
      node.noMore(listener);
    }
  }

  private Stamps stamps() {
    KernelTables kernel = new KernelTables(settings.recent().tables());
    return entry -> jiffies(entry, kernel.clock().moment());
  }

  private static long[] jiffies(RecentEntry entry, JiffiesMoment moment) {
    int count = Math.min(entry.stamps(), PairEncoder.MAX_STAMPS);
    long[] jiffies = new long[count];
    for (int i = 0; i < count; i++) {
      jiffies[i] = moment.toJiffies(entry.stampMs(entry.stamps() - count + i));
    }
    return jiffies;
  }

  private Optional<BackupFigures> backupFigures() {
    return Optional.ofNullable(backups).map(BackupListener::figures);
  }

  @Override
  public List<Warning> warnings() {
    List<Warning> all = new ArrayList<>();
    imports
        .now()
        .filter(report -> !report.connected() && report.seconds() > 5)
        .ifPresent(
            report ->
                all.add(
                    new Warning(
                        "import-disconnected",
                        "the old master "
                            + report.master()
                            + " is not reached, tried again: "
                            + report.lastError())));
    BackupListener listener = backups;
    if (listener != null) {
      all.addAll(listener.warnings());
    }
    OldSocket socket = oldSocket;
    if (socket != null) {
      all.addAll(socket.warnings());
    }
    return all;
  }

  @Override
  public List<NodeStatus.QueueStatus> queues() {
    return backupFigures()
        .map(
            figures ->
                List.of(
                    new NodeStatus.QueueStatus(
                        "old backups",
                        figures.waiting(),
                        figures.bound(),
                        figures.dropped().getOrDefault("too-slow", 0L))))
        .orElse(List.of());
  }

  @Override
  public void close() {
    BackupListener listener = backups;
    if (listener != null) {
      listener.close();
    }
    OldSocket socket = oldSocket;
    if (socket != null) {
      socket.close();
    }
  }

  private ImportOptions importOptions() {
    Settings.Http http = settings.http();
    return ImportOptions.of(this::farm)
        .withDeleteHold(http.deleteHold())
        .withThinning(http.thinning());
  }

  private Optional<FarmConfig> farm(String name) {
    Settings.Http http = settings.http();
    return http.farms()
        .getOrDefault(name, Optional.empty())
        .or(() -> file(http.configPattern(), name))
        .filter(Files::exists)
        .flatMap(file -> read(file, name));
  }

  /** The old master may name farms by words that no file of this host can have. */
  static Optional<Path> file(String pattern, String farm) {
    try {
      return Optional.of(Path.of(pattern.replace("%s", farm)));
    } catch (InvalidPathException e) {
      log.warn(
          "import: there is no pound.cfg of farm {}, for no file can have that name here: {}",
          Foreign.shown(farm),
          e.getReason());
      return Optional.empty();
    }
  }

  private static Optional<FarmConfig> read(Path file, String name) {
    try {
      return Optional.of(FarmConfig.read(file, name));
    } catch (FarmConfigException e) {
      log.warn("import: what {} says of farm {} is not known: {}", file, name, e.getMessage());
      return Optional.empty();
    }
  }
}
