package io.ssyncd.pound.standin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a Pound is configured to serve. The position of a listener, service or backend in its list
 * is the id that the session protocol uses, as in Pound 2.8a.15 ({@code set_objects_key_id}).
 *
 * @param name the farm's name, part of the socket's name
 * @param listeners in the order of the file, HTTP and HTTPS together
 * @param globals services outside any listener: Pound never numbers them, so their events carry
 *     listener 0 and service 0, and no dump contains them
 */
public record Farm(String name, List<Listener> listeners, List<Service> globals) {
  /**
   * From this length on Pound 2.8a.15 writes behind its send buffer: 29 bytes around the farm name,
   * key and content, 55 provided for.
   */
  public static final int FATAL_NAME_BYTES = 27;

  /** Copies the lists. */
  public Farm {
    listeners = List.copyOf(listeners);
    globals = List.copyOf(globals);
  }

  /** A farm without global services. */
  public Farm(String name, List<Listener> listeners) {
    this(name, listeners, List.of());
  }

  /**
   * @param address IP literal or host name
   * @param port 0 where it does not matter
   * @param services in the order of the file
   */
  public record Listener(String address, int port, List<Service> services) {
    /** Copies the list. */
    public Listener {
      services = List.copyOf(services);
    }
  }

  /**
   * @param name symbolic name, may be empty
   * @param type where the session key comes from
   * @param id name of the cookie, parameter or header, empty for the other types
   * @param ttlSeconds how long a session lives without a request; negative: the key's hash picks
   *     the backend and requests create no session
   * @param backends in the order of the file; a redirect takes a position too
   * @param emergency who serves while no backend does, if anybody; it has no position, and sessions
   *     that its answers make are announced as backend 0 with its address
   */
  public record Service(
      String name,
      SessionType type,
      String id,
      int ttlSeconds,
      List<Backend> backends,
      @Nullable Backend emergency) {
    /** Copies the list. */
    public Service {
      backends = List.copyOf(backends);
    }

    /** A service without Emergency. */
    public Service(
        String name, SessionType type, String id, int ttlSeconds, List<Backend> backends) {
      this(name, type, id, ttlSeconds, backends, null);
    }
  }

  /**
   * @param content what Pound sends as the session's content: the address as {@code inet_ntop}
   *     writes it, without port
   * @param port 0 for a redirect
   * @param priority 1 to 9, the weight in the choice for a new session
   * @param disabled {@code Disabled 1}: gets no new sessions
   */
  public record Backend(String content, int port, int priority, boolean disabled) {
    /** What Pound has for a {@code Redirect}, which has no address. */
    public static final String REDIRECT = "(UNKNOWN)";

    /** Priority of a backend that states none. */
    public static final int DEFAULT_PRIORITY = 5;

    /** An enabled backend of ordinary priority. */
    public static Backend of(String content, int port) {
      return new Backend(content, port, DEFAULT_PRIORITY, false);
    }

    /** Whether this position is a redirect. */
    public boolean redirect() {
      return content.equals(REDIRECT);
    }
  }

  /**
   * A farm from one line: listeners separated by {@code /}, their services by {@code ,}, each
   * {@code BACKENDSxTTL}. {@code 2x300,3x60/1x5} has two listeners; listener 0 has two services.
   * All services take the key from the header {@code X-Session}; backends are 10.L.S.B:80 (each
   * number one up), so that every backend has an address of its own.
   *
   * @throws PoundCfgException naming the part that is not understood
   */
  public static Farm ofSpec(String name, String spec) throws PoundCfgException {
    List<Listener> listeners = new ArrayList<>();
    for (String listener : spec.split("/", -1)) {
      List<Service> services = new ArrayList<>();
      for (String service : listener.split(",", -1)) {
        services.add(serviceOfSpec(service, listeners.size() + 1, services.size() + 1));
      }
      listeners.add(new Listener("127.0.0.1", 0, services));
    }
    return new Farm(name, listeners);
  }

  private static Service serviceOfSpec(String spec, int listener, int service)
      throws PoundCfgException {
    int[] numbers;
    try {
      numbers = Arrays.stream(spec.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      throw new PoundCfgException("spec: not BACKENDSxTTL: '" + spec + "'", e);
    }
    if (numbers.length != 2 || numbers[0] < 0 || numbers[0] > 250 || service > 250) {
      throw new PoundCfgException("spec: not BACKENDSxTTL: '" + spec + "'");
    }
    List<Backend> backends = new ArrayList<>();
    for (int b = 1; b <= numbers[0]; b++) {
      backends.add(Backend.of("10." + listener + "." + service + "." + b, 80));
    }
    return new Service("s" + (service - 1), SessionType.HEADER, "X-Session", numbers[1], backends);
  }
}
