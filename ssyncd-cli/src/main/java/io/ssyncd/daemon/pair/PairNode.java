package io.ssyncd.daemon.pair;

import com.typesafe.config.ConfigUtil;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.HostPort;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.daemon.settings.SettingsException;
import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.SharedKey;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.node.Identity;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One node of a pair: its options and what it was told before, put together and checked.
 *
 * @param options of this start
 * @param memory of all starts, this one included
 * @param identity whose data the directory holds; empty if it holds none
 * @param own where this node listens
 * @param master where the master is; empty on the master itself
 * @param key what both nodes share
 */
record PairNode(
    PairOptions options,
    PairMemory memory,
    Optional<Identity> identity,
    MemberAddress own,
    Optional<MemberAddress> master,
    Optional<SharedKey> key) {

  /** All that is known before anybody else is asked. */
  static PairNode of(PairOptions options) throws StartRefused {
    PairMemory kept = PairMemory.read(options.dataDir());
    Optional<Identity> identity = identity(options.dataDir());
    PairMemory memory = remembering(options, kept);
    Optional<MemberAddress> known = known(options.dataDir(), identity);
    Optional<MemberAddress> master =
        options.isMaster() ? Optional.empty() : Optional.of(master(options, memory));
    MemberAddress own = own(options, memory, known, master);
    requireApart(own, master);
    PairMemory told =
        new PairMemory(
            master.map(MemberAddress::text).or(memory::master),
            memory.bind(),
            memory.keyFile(),
            memory.insecure(),
            memory.poundConfig(),
            memory.poundSockets(),
            memory.members());
    return new PairNode(options, told, identity, own, master, key(memory, own, master));
  }

  private static Optional<Identity> identity(Path directory) throws StartRefused {
    try {
      Optional<Identity> found = Identity.read(directory);
      if (found.isPresent() && !PairMemory.isIn(directory)) {
        throw new StartRefused(
            Exit.CONFIGURATION,
            "the data directory "
                + directory
                + " belongs to member "
                + found.get().member()
                + " of cluster "
                + found.get().cluster()
                + ", which a configuration file started; --data-dir names another for a pair");
      }
      return found;
    } catch (IOException | LogRefusedException e) {
      throw new StartRefused(Exit.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  private static PairMemory remembering(PairOptions options, PairMemory kept) {
    Optional<Path> usual =
        Files.exists(PairOptions.USUAL_KEY) ? Optional.of(PairOptions.USUAL_KEY) : Optional.empty();
    boolean insecure = options.insecure() || (kept.insecure() && options.keyFile().isEmpty());
    return new PairMemory(
        kept.master(),
        options.bind().or(kept::bind),
        insecure ? Optional.empty() : options.keyFile().or(kept::keyFile).or(() -> usual),
        insecure,
        options.poundConfig().or(kept::poundConfig),
        options.poundSockets().or(kept::poundSockets),
        kept.members());
  }

  /** This node as the log of its directory knows it. */
  private static Optional<MemberAddress> known(Path directory, Optional<Identity> identity)
      throws StartRefused {
    try {
      SortedMap<String, MemberAddress> members = AtomixLog.knownMembers(directory.resolve("log"));
      return identity.flatMap(is -> Optional.ofNullable(members.get(is.member())));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new StartRefused(Exit.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  private static MemberAddress master(PairOptions options, PairMemory memory) throws StartRefused {
    Optional<HostPort> before = memory.master().flatMap(text -> HostPort.parse(text, 1));
    String host =
        options
            .address()
            .or(() -> before.map(HostPort::host))
            .orElseThrow(() -> options.wrong("-B needs -a: where the master is"));
    int port = options.port().or(() -> before.map(HostPort::port)).orElse(PairOptions.USUAL_PORT);
    return new MemberAddress(resolve(host).getHostAddress(), port, false);
  }

  private static InetAddress resolve(String host) throws StartRefused {
    try {
      return InetAddress.getByName(host);
    } catch (IOException e) {
      throw new StartRefused(Exit.TRY_AGAIN, "this host knows no address of " + host, e);
    }
  }

  private static MemberAddress own(
      PairOptions options,
      PairMemory memory,
      Optional<MemberAddress> known,
      Optional<MemberAddress> master)
      throws StartRefused {
    Optional<BindAddress> bind = memory.bind().flatMap(BindAddress::parse);
    int port =
        bind.flatMap(BindAddress::port)
            .or(options::port)
            .or(() -> known.map(MemberAddress::port))
            .or(() -> master.map(MemberAddress::port))
            .orElse(PairOptions.USUAL_PORT);
    Optional<String> other = options.address().or(() -> master.map(MemberAddress::host));
    try {
      if (bind.isPresent()) {
        return new MemberAddress(resolve(bind.get().host()).getHostAddress(), port, false);
      }
      if (known.isPresent()
          && options.address().isEmpty()
          && HostNetwork.isHere(resolve(known.get().host()))) {
        return new MemberAddress(known.get().host(), port, false);
      }
      if (other.isPresent()) {
        InetAddress here = HostNetwork.towards(resolve(other.get()));
        return new MemberAddress(here.getHostAddress(), port, false);
      }
      return new MemberAddress("0.0.0.0", port, false);
    } catch (IOException e) {
      throw new StartRefused(
          Exit.TRY_AGAIN,
          "the address that leads to " + other.orElse("the other node") + ": " + e.getMessage(),
          e);
    }
  }

  private static void requireApart(MemberAddress own, Optional<MemberAddress> master)
      throws StartRefused {
    if (master.isPresent() && master.get().text().equals(own.text())) {
      throw new StartRefused(
          Exit.CONFIGURATION,
          own.text()
              + " would be both nodes' address: two on one host need one each, such as --bind"
              + " 127.0.0.2 here");
    }
    if (master.isPresent() && resolve(own.host()).isAnyLocalAddress()) {
      throw new StartRefused(
          Exit.CONFIGURATION,
          "--bind "
              + own.host()
              + " is no address by which the master finds this node: name one of this host's");
    }
  }

  private static Optional<SharedKey> key(
      PairMemory memory, MemberAddress own, Optional<MemberAddress> master) throws StartRefused {
    if (memory.keyFile().isPresent()) {
      try {
        return Optional.of(SharedKey.read(memory.keyFile().get()));
      } catch (IOException e) {
        throw new StartRefused(Exit.CONFIGURATION, String.valueOf(e.getMessage()), e);
      }
    }
    boolean loopback = isLoopback(own) && (master.isEmpty() || isLoopback(master.get()));
    if (!loopback && !memory.insecure()) {
      throw new StartRefused(
          Exit.CONFIGURATION,
          "a pair that is not on loopback needs a key that both nodes share: --key-file FILE, or "
              + PairOptions.USUAL_KEY
              + ", made by (umask 077; openssl rand -hex 32 > FILE) and copied; or --insecure,"
              + " and whoever reaches "
              + own.text()
              + " can become a member and rewrite sessions");
    }
    return Optional.empty();
  }

  static boolean isLoopback(MemberAddress address) throws StartRefused {
    return resolve(address.host()).isLoopbackAddress();
  }

  /** The settings of a member of a cluster. */
  Settings settings(
      String cluster, String name, SortedMap<String, MemberAddress> members, boolean alone)
      throws StartRefused {
    SortedMap<String, MemberAddress> all = new TreeMap<>(members);
    all.put(name, own);
    try {
      Settings written = SettingsFile.parse(text(cluster, name, all), "the options");
      LogConfig log = written.node().log().withPairing(new LogConfig.Pairing(key, alone));
      return written.with(written.node().with(log, List.of()), warnings());
    } catch (SettingsException e) {
      throw new StartRefused(Exit.CONFIGURATION, String.join("\n", e.problems()), e);
    }
  }

  private String text(String cluster, String name, SortedMap<String, MemberAddress> members) {
    StringBuilder text = new StringBuilder();
    line(text, "node", name);
    line(text, "data-dir", options.dataDir().toAbsolutePath().toString());
    line(text, "control.socket", options.socket().toAbsolutePath().toString());
    line(text, "cluster.name", cluster);
    members.forEach(
        (member, at) -> {
          String key = "cluster.members." + ConfigUtil.quoteString(member);
          line(text, key + ".address", at.text());
          text.append("ssyncd.")
              .append(key)
              .append(".witness = ")
              .append(at.witness())
              .append('\n');
        });
    text.append("ssyncd.cluster.tls.enabled = false\n");
    // As ever: recent entries are collected once somebody says start recent.
    text.append("ssyncd.recent.enabled = false\n");
    memory.poundConfig().ifPresent(pattern -> line(text, "http.config-pattern", pattern));
    memory.poundSockets().ifPresent(dir -> line(text, "http.socket-dir", dir.toString()));
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append("ssyncd.").append(key).append(" = ").append(ConfigUtil.quoteString(value));
    text.append('\n');
  }

  /** What is said at each start. */
  private List<Warning> warnings() throws StartRefused {
    List<Warning> all = new ArrayList<>();
    boolean loopback = isLoopback(own);
    all.add(
        new Warning(
            "plain-text",
            loopback
                ? "a pair without a file talks in plain text, here over loopback only"
                : "a pair without a file talks in plain text: whoever can read this network reads"
                    + " sessions; TLS takes a configuration file"));
    if (key.isEmpty() && !loopback) {
      all.add(
          new Warning(
              "no-key",
              "--insecure: whoever reaches "
                  + own.text()
                  + " can become a member and rewrite sessions"));
    }
    if (resolve(own.host()).isAnyLocalAddress()) {
      all.add(
          new Warning(
              "all-addresses",
              "port "
                  + own.port()
                  + " is open on all addresses, for nobody said where the backup will be: -a IP"
                  + " or --bind IP; the first backup that comes decides it for the next start"));
    }
    return all;
  }
}
