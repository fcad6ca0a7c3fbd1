package io.ssyncd.source.pound;

import io.ssyncd.node.Reason;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a farm's pound.cfg says of its listeners, services and backends. Positions in these lists
 * are the ids in Pound's frames (Pound 2.8a.15): listeners of HTTP and HTTPS counted together,
 * services within their listener, backends within their service with its redirects counted in and
 * {@code Emergency} left out. What is disabled keeps its place. Immutable.
 *
 * @param file the file that was read
 * @param name the farm's name, with which Pound names its socket; empty without one
 * @param user whose Pound's worker is; empty for that of whoever started it
 * @param listeners in their order
 * @param globalSessions whether services outside of listeners keep sessions: their live events come
 *     as listener 0, service 0, and they can neither be dumped nor written
 * @param newestModification when the file, one that it includes, or the directory of an IncludeDir
 *     was last changed, by its modification time: a copy that keeps an old time goes unnoticed
 * @param digest SHA-256 in hexadecimal over all lines that mean something, to compare members by.
 *     It does not matter in which included file they are
 * @param unknownDirectives {@code file:line: directive} of the first {@link #MAX_UNKNOWN} that
 *     Pound 2.8a.15 does not know; they were passed over, as versions differ
 */
public record FarmConfig(
    Path file,
    String name,
    String user,
    List<Listener> listeners,
    boolean globalSessions,
    Instant newestModification,
    String digest,
    List<String> unknownDirectives) {

  /** How many directives that Pound does not know are listed. */
  public static final int MAX_UNKNOWN = 20;

  public FarmConfig {
    listeners = List.copyOf(listeners);
    unknownDirectives = List.copyOf(unknownDirectives);
  }

  /**
   * A ListenHTTP or ListenHTTPS block.
   *
   * @param name its address and port, for Pound gives it no other
   * @param services in their order
   */
  public record Listener(String name, List<Service> services) {
    public Listener {
      services = List.copyOf(services);
    }
  }

  /**
   * A Service block of a listener.
   *
   * @param name as written; empty without one
   * @param type how sessions are told apart; NONE if it keeps none
   * @param ttl how long an unused session lives; zero if it keeps none
   * @param backends in their order
   */
  public record Service(String name, SessionType type, Duration ttl, List<Backend> backends) {
    public Service {
      backends = List.copyOf(backends);
    }

    /** Whether there are sessions here: a type, and a TTL above zero. */
    public boolean keepsSessions() {
      return type != SessionType.NONE && !ttl.isNegative() && !ttl.isZero();
    }
  }

  /** What a backend is known by. */
  public enum BackendKind {
    /** An IP address. */
    NUMERIC,
    /** A host name, which Pound resolves when it starts. */
    NAMED,
    /** The path of a UNIX socket. */
    SOCKET,
    /** Nothing: a Redirect line, which takes a place as well. */
    REDIRECT
  }

  /**
   * A BackEnd block, or a Redirect line.
   *
   * @param address as written; for a redirect {@code (UNKNOWN)}, as Pound announces it
   * @param port 0 for a socket or a redirect
   * @param disabled whether it is marked so
   */
  public record Backend(BackendKind kind, String address, int port, boolean disabled) {
    static final Backend REDIRECT = new Backend(BackendKind.REDIRECT, "(UNKNOWN)", 0, false);

    /** Pound announces a socket by the first byte of its sockaddr_un: its family, 1. */
    private static final String SOCKET_FAMILY = "\u0001";

    static Backend of(String address, int port, boolean disabled) {
      BackendKind kind =
          BackendAddress.parse(address).isPresent()
              ? BackendKind.NUMERIC
              : address.indexOf('/') >= 0 ? BackendKind.SOCKET : BackendKind.NAMED;
      return new Backend(kind, address, port, disabled);
    }

    /**
     * Whether Pound announces this backend so. A name fits any IP address, and the position alone
     * decides: what Pound got for it when it started cannot be known later, and a write at failover
     * must not wait for a name server, nor fail without one.
     */
    public boolean isAnnouncedAs(Bytes announced) {
      String text = announced.latin1();
      return switch (kind) {
        case NUMERIC -> text.equals(address) || isSame(BackendAddress.parse(text));
        case NAMED -> BackendAddress.parse(text).isPresent();
        case SOCKET -> text.startsWith(SOCKET_FAMILY);
        case REDIRECT -> text.equals(address);
      };
    }

    private boolean isSame(Optional<InetAddress> other) {
      return other.isPresent() && other.equals(BackendAddress.parse(address));
    }
  }

  /**
   * Reads a pound.cfg and what it includes.
   *
   * @throws FarmConfigException if it cannot be read, or Pound would not start with it
   */
  public static FarmConfig read(Path file) throws FarmConfigException {
    return new FarmConfigReader(file).read();
  }

  /**
   * Reads a farm's pound.cfg and what it includes, and refuses that of another farm: its ids mean
   * something else.
   *
   * @throws FarmConfigException also if the file names no farm, or not this one
   */
  public static FarmConfig read(Path file, String farm) throws FarmConfigException {
    FarmConfig config = read(file);
    if (!config.name().equals(farm)) {
      String named = config.name().isEmpty() ? "names no farm" : "is of farm " + config.name();
      throw new FarmConfigException(file + ": " + named + ", not of " + farm);
    }
    return config;
  }

  /** The service that a key belongs to; null if there is none. */
  public @Nullable Service service(HttpKey key) {
    if (key.listener() >= listeners.size()) {
      return null;
    }
    List<Service> services = listeners.get((int) key.listener()).services();
    return key.service() < services.size() ? services.get((int) key.service()) : null;
  }

  /** How long an unused session of that key lives; empty if its service keeps none. */
  public Optional<Duration> ttl(HttpKey key) {
    Service service = service(key);
    return service != null && service.keepsSessions()
        ? Optional.of(service.ttl())
        : Optional.empty();
  }

  /**
   * Why a session may not be written to a Pound with this configuration: some of these kill its
   * worker, the others send a client to a backend that is not his.
   *
   * @param nowMs wall-clock milliseconds since 1970
   * @return empty if it may
   */
  public Optional<Reason> refusal(HttpSession session, long nowMs) {
    HttpKey key = session.key();
    if (key.listener() >= listeners.size()) {
      return Optional.of(Reason.UNKNOWN_LISTENER);
    }
    Service service = service(key);
    if (service == null || !service.keepsSessions()) {
      return Optional.of(Reason.UNKNOWN_SERVICE);
    }
    if (session.backend() >= service.backends().size()) {
      return Optional.of(Reason.UNKNOWN_BACKEND);
    }
    Backend backend = service.backends().get((int) session.backend());
    if (!backend.isAnnouncedAs(session.address())) {
      return Optional.of(Reason.ADDRESS_CHANGED);
    }
    if (backend.disabled()) {
      return Optional.of(Reason.DISABLED_BACKEND);
    }
    if (!FrameEncoder.fits(key.key())) {
      return Optional.of(Reason.KEY_SIZE);
    }
    // Pound drops a session at its sweep when lastAccess < now - TTL, in whole seconds.
    return Math.floorDiv(session.lastAccessMs(), 1000L)
            < Math.floorDiv(nowMs, 1000L) - service.ttl().toSeconds()
        ? Optional.of(Reason.EXPIRED)
        : Optional.empty();
  }
}
