package io.ssyncd.daemon.pair;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The old daemon's options, and what a pair needs beside them. */
public final class PairOptions {
  /** Where a key is looked for that no option names: scripts of the old pair name none. */
  static final Path USUAL_KEY = Path.of("/etc/ssyncd/pair.key");

  static final Path USUAL_DATA = Path.of("/var/lib/ssyncd");

  /** The old daemon's port. */
  static final int USUAL_PORT = 7777;

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = {"-M", "--master"},
      description = "The master of a pair without a file. Over data of a pair: goes on alone.")
  private boolean master;

  @Option(
      names = {"-B", "--backup"},
      description = "The backup of the master at -a.")
  private boolean backup;

  @Option(
      names = {"-a", "--address"},
      paramLabel = "IP",
      description = "-B: where the master is. -M: where the backup will be, to listen towards it.")
  private @Nullable String address;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Of both nodes (" + USUAL_PORT + ").")
  private @Nullable Integer port;

  @Option(
      names = "--bind",
      paramLabel = "IP[:PORT]",
      description = "This node's own address; else the one that leads to the other node.")
  private @Nullable String bind;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "The key that both nodes share: 32 bytes or more, its owner's alone"
              + " (/etc/ssyncd/pair.key if that is there).")
  private @Nullable Path keyFile;

  @Option(
      names = "--insecure",
      description = "Without a key between hosts: whoever reaches the port is believed.")
  private boolean insecure;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/ssyncd",
      description = "Where the pair keeps its data (${DEFAULT-VALUE}).")
  private Path dataDir = USUAL_DATA;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      defaultValue = "${env:SSYNCD_SOCKET:-/run/ssyncd/ssyncd.sock}",
      description = "The control socket ($SSYNCD_SOCKET, else ${DEFAULT-VALUE}).")
  private Path socket = Path.of("/run/ssyncd/ssyncd.sock");

  @Option(
      names = "--pound-config",
      paramLabel = "PATTERN",
      description = "Where the pound.cfg of farm %%s is (/etc/pound/%%s.cfg).")
  private @Nullable String poundConfig;

  @Option(
      names = "--pound-sockets",
      paramLabel = "DIR",
      description = "Where Pound makes its session sockets (/tmp).")
  private @Nullable Path poundSockets;

  /** Whether a pair is wanted: if not, no option of this kind may be there. */
  public boolean wanted() {
    if (master && backup) {
      throw wrong("-M or -B, not both");
    }
    if (!master && !backup) {
      requireNone();
      return false;
    }
    check();
    return true;
  }

  private void requireNone() {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    given.put("-a", address);
    given.put("-p", port);
    given.put("--bind", bind);
    given.put("--key-file", keyFile);
    given.put("--insecure", insecure ? true : null);
    given.put("--pound-config", poundConfig);
    given.put("--pound-sockets", poundSockets);
    given.forEach(
        (option, value) -> {
          if (value != null) {
            throw wrong(
                option
                    + " goes with -M or -B, for a pair without a file; else the configuration file"
                    + " says");
          }
        });
  }

  private void check() {
    if (port != null && (port < 1 || port > 65535)) {
      throw wrong("-p: a port is 1 to 65535, not " + port);
    }
    if (insecure && keyFile != null) {
      throw wrong("--key-file or --insecure, not both");
    }
    if (bind != null && BindAddress.parse(bind).isEmpty()) {
      throw wrong("--bind: an address, or an address and :port, not " + bind);
    }
    if (poundConfig != null && !poundConfig.contains("%s")) {
      throw wrong("--pound-config: a path with %s for the farm's name, not " + poundConfig);
    }
  }

  /** An error of usage. */
  public ParameterException wrong(String what) {
    return new ParameterException(
        Objects.requireNonNull(spec, "set by picocli").commandLine(), what);
  }

  /** Whether this is to be the master. */
  public boolean isMaster() {
    return master;
  }

  Optional<String> address() {
    return Optional.ofNullable(address);
  }

  Optional<Integer> port() {
    return Optional.ofNullable(port);
  }

  Optional<String> bind() {
    return Optional.ofNullable(bind);
  }

  Optional<Path> keyFile() {
    return Optional.ofNullable(keyFile).map(Path::toAbsolutePath);
  }

  boolean insecure() {
    return insecure;
  }

  Path dataDir() {
    return dataDir;
  }

  /** The control socket. */
  public Path socket() {
    return socket;
  }

  Optional<String> poundConfig() {
    return Optional.ofNullable(poundConfig);
  }

  Optional<Path> poundSockets() {
    return Optional.ofNullable(poundSockets).map(Path::toAbsolutePath);
  }
}
