package io.ssyncd.daemon.settings;

import io.ssyncd.daemon.hooks.HookConfig;
import io.ssyncd.log.AddressRange;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.Warning;
import io.ssyncd.source.pound.Adopt;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.source.pound.Thinning;
import io.ssyncd.source.recent.RecentConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * All that the configuration file says, checked.
 *
 * @param node for the node itself
 * @param minFreeBytes free space on the log's disk below which the node does not run
 * @param control the socket that {@code ssyncdctl} talks to
 * @param http for Pound
 * @param recent for the kernel's tables
 * @param hooks what is run when the node's state changes
 * @param metrics where Prometheus scrapes; empty for {@code off}
 * @param legacy what is done for an old pair
 * @param warnings what is allowed but should be known: said at every start and by {@code --check}
 */
public record Settings(
    NodeConfig node,
    long minFreeBytes,
    Control control,
    Http http,
    Recent recent,
    HookConfig hooks,
    Optional<InetSocketAddress> metrics,
    Legacy legacy,
    List<Warning> warnings) {

  public Settings {
    warnings = List.copyOf(warnings);
  }

  /** The same, of another node, and with other warnings. */
  public Settings with(NodeConfig other, List<Warning> instead) {
    return new Settings(
        other, minFreeBytes, control, http, recent, hooks, metrics, legacy, instead);
  }

  /**
   * The control socket.
   *
   * @param socket its path, in a directory of the daemon's own
   * @param mode who may connect
   * @param group the group that owns it; empty for the daemon's own
   */
  public record Control(Path socket, Set<PosixFilePermission> mode, Optional<String> group) {
    public Control {
      mode = Set.copyOf(mode);
    }
  }

  /**
   * For Pound.
   *
   * @param socketDir where Pound makes {@code ssync_FARM.socket}
   * @param farms the farms to ingest by themselves, and the Pound configuration of each
   * @param tools how Pound's own tool reaches the Pounds of farms whose writes it reads back
   * @param configPattern where the configuration of any other farm is looked for, with {@code %s}
   *     for its name
   * @param user whose Pound may own the socket beside root; empty for the daemon's own user
   * @param deleteHold how long a DELETE that comes early is held
   * @param dumpQuiet how long a silence ends a dump where the kernel cannot tell
   * @param thinning how far a session's last access has to move before that is replicated
   * @param adopt what becomes of sessions that a Pound has when its node begins to lead
   * @param materialise which farms' Pounds are kept current while another node leads
   */
  public record Http(
      Path socketDir,
      SortedMap<String, Optional<Path>> farms,
      SortedMap<String, PoundctlTool> tools,
      String configPattern,
      Optional<String> user,
      Duration deleteHold,
      Duration dumpQuiet,
      Thinning thinning,
      Adopt adopt,
      HttpMaterialise materialise) {}

  /**
   * Which farms' Pounds are kept current while another node leads.
   *
   * @param farms of farms that say nothing themselves
   * @param exceptions of those that do
   * @param pause the shortest time between two writes of one farm
   */
  public record HttpMaterialise(
      boolean farms, SortedMap<String, Boolean> exceptions, Duration pause) {}

  /**
   * For the kernel's xt_recent tables.
   *
   * @param enabled whether they are ingested without an operator's {@code start}
   * @param tables which ones, how often they are read, and what their rules do
   * @param continuous whether they are kept current while another node leads
   * @param pause the shortest time between two writes for that
   */
  public record Recent(boolean enabled, RecentConfig tables, boolean continuous, Duration pause) {}

  /**
   * What is done for an old pair beside this cluster.
   *
   * @param socket where the old tool is answered; empty if it is not
   * @param listen where old backups are served while this node leads; empty if they are not
   * @param allow from where they may come
   */
  public record Legacy(
      Optional<Path> socket, Optional<InetSocketAddress> listen, List<AddressRange> allow) {
    /** Nothing. */
    public static final Legacy NONE = new Legacy(Optional.empty(), Optional.empty(), List.of());

    public Legacy {
      allow = List.copyOf(allow);
    }
  }
}
