package io.ssyncd.daemon.settings;

import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.Warning;
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
 * @param control the socket that {@code ssyncdctl} talks to
 * @param http for Pound
 * @param recent for the kernel's tables
 * @param metrics where Prometheus scrapes; empty for {@code off}
 * @param warnings what is allowed but should be known: said at every start and by {@code --check}
 */
public record Settings(
    NodeConfig node,
    Control control,
    Http http,
    Recent recent,
    Optional<InetSocketAddress> metrics,
    List<Warning> warnings) {

  public Settings {
    warnings = List.copyOf(warnings);
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
   * @param configPattern where the configuration of any other farm is looked for, with {@code %s}
   *     for its name
   * @param user whose Pound may own the socket beside root; empty for the daemon's own user
   * @param deleteHold how long a DELETE that comes early is held
   * @param dumpQuiet how long a silence ends a dump where the kernel cannot tell
   */
  public record Http(
      Path socketDir,
      SortedMap<String, Optional<Path>> farms,
      String configPattern,
      Optional<String> user,
      Duration deleteHold,
      Duration dumpQuiet) {}

  /**
   * For the kernel's xt_recent tables.
   *
   * @param enabled whether they are ingested without an operator's {@code start}
   * @param procDir where the kernel shows them
   * @param tables globs of the tables that count
   * @param interval how often they are read at most
   * @param policies what is known of some tables, the first that fits counts
   */
  public record Recent(
      boolean enabled,
      Path procDir,
      List<String> tables,
      Duration interval,
      List<TablePolicy> policies) {
    public Recent {
      tables = List.copyOf(tables);
      policies = List.copyOf(policies);
    }
  }

  /**
   * What the rules do with a table.
   *
   * @param tables a glob of table names
   * @param seconds the persistence time, {@code --seconds} of the rules; empty if unknown
   * @param replayHits whether a stock kernel gets as many hits as the entry had, all stamped now
   */
  public record TablePolicy(String tables, Optional<Duration> seconds, boolean replayHits) {}
}
