package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real Pound (2.8a.15, {@code -s}), in a mount namespace of its own where the directory is /tmp:
 * the path of its session socket cannot be configured. The namespace is left when the process ends.
 * Needs root. {@code SSYNCD_POUND} names the binary; poundctl is expected beside it. Backends are
 * small HTTP servers of this JVM; listeners and backends get free ports.
 *
 * <p>Listens at once; serves HTTP 2 s after a start or restart (a request waits for that).
 */
public final class RealPound implements PoundProcess {
  private static final Duration START = Duration.ofSeconds(20);
  private static final int LEAST_PORT = 20_000;
  private static final int MOST_PORT = 32_000;
  private static final int MAX_PORT_TRIES = 1_000;

  private final Path directory;
  private final Farm farm;
  private final Path config;
  private final Path log;
  private final BackendServers backends = new BackendServers();
  private final Poundctl poundctl;
  private final Process process;
  private ProcessHandle worker;

  private RealPound(Path directory, Farm wanted) throws IOException {
    this.directory = Files.createDirectories(directory).toRealPath();
    this.farm = withPorts(wanted);
    this.config = this.directory.resolve("pound.cfg");
    this.log = this.directory.resolve("pound.log");
    Files.writeString(
        config,
        PoundCfgWriter.write(
            farm,
            "Daemon 0",
            "LogFacility -",
            "Alive 1",
            "Grace 1",
            "ThreadModel dynamic",
            "Control \"/tmp/pound.ctl\""));
    for (Farm.Listener listener : farm.listeners()) {
      for (Farm.Service service : listener.services()) {
        for (Farm.Backend backend : service.backends()) {
          if (!backend.redirect()) {
            backends.start(backend);
          }
        }
        if (service.emergency() != null) {
          backends.start(service.emergency());
        }
      }
    }
    this.poundctl =
        new Poundctl(
            binary().resolveSibling("poundctl"), this.directory.resolve("pound.ctl"), farm);
    this.process = launch();
    this.worker = awaitWorker(-1);
  }

  /** Why no real Pound can be started here; empty if one can. */
  public static Optional<String> unavailable() {
    String binary = System.getenv(REAL_POUND);
    if (binary == null || binary.isBlank()) {
      return Optional.of(REAL_POUND + " is not set");
    }
    if (!Files.isExecutable(Path.of(binary))) {
      return Optional.of(REAL_POUND + " names no executable: " + binary);
    }
    return "root".equals(System.getProperty("user.name"))
        ? Optional.empty()
        : Optional.of("a mount namespace needs root");
  }

  /** Starts one. */
  public static RealPound start(Path directory, Farm farm) throws IOException {
    Optional<String> reason = unavailable();
    if (reason.isPresent()) {
      throw new IOException(reason.get());
    }
    return new RealPound(directory, farm);
  }

  private static Path binary() {
    return Path.of(String.valueOf(System.getenv(REAL_POUND)));
  }

  private static Farm withPorts(Farm farm) throws IOException {
    List<Farm.Listener> listeners = new ArrayList<>();
    for (Farm.Listener l : farm.listeners()) {
      List<Farm.Service> services = new ArrayList<>();
      for (Farm.Service s : l.services()) {
        List<Farm.Backend> backends = new ArrayList<>();
        for (Farm.Backend backend : s.backends()) {
          backends.add(withPort(backend));
        }
        Farm.Backend emergency = s.emergency();
        services.add(
            new Farm.Service(
                s.name(),
                s.type(),
                s.id(),
                s.ttlSeconds(),
                backends,
                emergency == null ? null : withPort(emergency)));
      }
      listeners.add(new Farm.Listener("127.0.0.1", freePort("127.0.0.1"), services));
    }
    return new Farm(farm.name(), listeners, farm.globals());
  }

  private static Farm.Backend withPort(Farm.Backend b) throws IOException {
    int port = b.redirect() ? 0 : freePort(b.content());
    return new Farm.Backend(b.content(), port, b.priority(), b.disabled());
  }

  /**
   * Below those that the kernel gives to whoever connects (ip_local_port_range): one of these was
   * taken by somebody else before Pound came to it.
   */
  private static int freePort(String address) throws IOException {
    for (int tries = 0; tries < MAX_PORT_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LEAST_PORT, MOST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(address))) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: another one.
      }
    }
    throw new BindException("no free port at " + address);
  }

  private Process launch() throws IOException {
    Files.copy(binary(), directory.resolve("pound"), StandardCopyOption.REPLACE_EXISTING);
    String script =
        "mount --bind \"$1\" /tmp && cd /tmp && exec ./pound -s -f /tmp/pound.cfg -p"
            + " /tmp/pound.pid";
    return new ProcessBuilder("unshare", "-m", "sh", "-c", script, "sh", directory.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Waits for a worker with another pid whose socket can be connected to by name. */
  private ProcessHandle awaitWorker(long except) {
    return Awaitility.await("a worker of Pound listens")
        .atMost(START)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> listeningWorker(except), Optional::isPresent)
        .orElseThrow();
  }

  /** A worker says so in the log after it listens: one line for each that was started. */
  private Optional<ProcessHandle> listeningWorker(long except) throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("Pound did not start: " + log());
    }
    boolean there = Files.exists(socket()) && Files.exists(directory.resolve("pound.ctl"));
    return there
        ? process.children().filter(child -> child.pid() != except).findFirst()
        : Optional.empty();
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public Path config() {
    return config;
  }

  @Override
  public Path socket() {
    return directory.resolve("ssync_" + farm.name() + ".socket");
  }

  @Override
  public long pid() {
    return worker.pid();
  }

  @Override
  public boolean alive() {
    return worker.isAlive();
  }

  @Override
  public void restart() throws IOException {
    // Gone, so that the next worker's can be waited for. After a death that worker is there
    // already.
    Files.deleteIfExists(socket());
    ProcessHandle current = process.children().findFirst().orElse(worker);
    current.destroyForcibly();
    worker = awaitWorker(current.pid());
  }

  @Override
  public void request(int listener, int service, byte[] key) throws IOException {
    PoundTraffic.request(farm, listener, service, key);
  }

  @Override
  public void add(int listener, int service, byte[] key, int backend) throws IOException {
    poundctl.run("-N", "" + listener, "" + service, argument(key), "" + backend);
  }

  @Override
  public void delete(int listener, int service, byte[] key) throws IOException {
    poundctl.run("-n", "" + listener, "" + service, argument(key));
  }

  @Override
  public void flush(int listener, int service, int backend) throws IOException {
    poundctl.run("-f", "" + listener, "" + service, "" + backend);
  }

  @Override
  public void disable(int listener, int service, int backend, boolean disabled) throws IOException {
    poundctl.run(disabled ? "-b" : "-B", "" + listener, "" + service, "" + backend);
  }

  @Override
  public void killBackend(int listener, int service, int backend) throws IOException {
    Session session =
        sessions().stream()
            .filter(
                s -> s.listener() == listener && s.service() == service && s.backend() == backend)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the backend has no session"));
    backends.stop(farm.listeners().get(listener).services().get(service).backends().get(backend));
    request(listener, service, session.key());
  }

  private static String argument(byte[] key) {
    for (byte b : key) {
      if (b < 0x20) {
        throw new IllegalArgumentException("not a key for a command line");
      }
    }
    return new String(key, StandardCharsets.US_ASCII);
  }

  @Override
  public List<Session> sessions() throws IOException {
    return poundctl.sessions();
  }

  @Override
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The worker may hang, as after a heap corruption: killed with the rest. */
  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Pound " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    backends.close();
  }
}
