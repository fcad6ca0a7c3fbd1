package io.ssyncd.source.pound;

import io.ssyncd.node.Reason;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a farm's pound.cfg says of its listeners, services and backends. Positions in these lists
 * are the ids in Pound's frames (Pound 2.8a.15): listeners of HTTP and HTTPS counted together,
 * services within their listener, backends within their service with its redirects counted in and
 * {@code Emergency} left out. What is disabled keeps its place. Immutable.
 *
 * @param file the file that was read
 * @param listeners in their order
 * @param globalSessions whether services outside of listeners keep sessions: their live events come
 *     as listener 0, service 0, and they can neither be dumped nor written
 * @param newestModification when the file, or one that it includes, was last changed
 * @param digest SHA-256 in hexadecimal over all lines that mean something, to compare members by
 */
public record FarmConfig(
    Path file,
    List<Listener> listeners,
    boolean globalSessions,
    Instant newestModification,
    String digest) {

  public FarmConfig {
    listeners = List.copyOf(listeners);
  }

  /**
   * A ListenHTTP or ListenHTTPS block.
   *
   * @param services in their order
   */
  public record Listener(List<Service> services) {
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

  /**
   * A BackEnd block, or a Redirect line, which takes a place as well.
   *
   * @param address as written; empty for a redirect
   * @param texts the addresses that Pound may announce it by: its IP as text
   * @param port 0 if none is written
   * @param disabled whether it is marked so
   */
  public record Backend(String address, Set<Bytes> texts, int port, boolean disabled) {
    public Backend {
      texts = Set.copyOf(texts);
    }
  }

  /**
   * Reads a pound.cfg and what it includes.
   *
   * @throws FarmConfigException if it cannot be read, or Pound would not start with it
   */
  public static FarmConfig read(Path file) throws FarmConfigException {
    return new FarmConfigReader().read(file);
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
    if (backend.address().isEmpty()) {
      return Optional.of(Reason.UNKNOWN_BACKEND);
    }
    if (!backend.texts().contains(session.address())) {
      return Optional.of(Reason.ADDRESS_CHANGED);
    }
    if (backend.disabled()) {
      return Optional.of(Reason.DISABLED_BACKEND);
    }
    if (!FrameEncoder.fits(key.key())) {
      return Optional.of(Reason.KEY_SIZE);
    }
    // Pound drops a session at its sweep when lastAccess < now - TTL, in whole seconds.
    return session.lastAccessMs() / 1000 < nowMs / 1000 - service.ttl().toSeconds()
        ? Optional.of(Reason.EXPIRED)
        : Optional.empty();
  }
}
