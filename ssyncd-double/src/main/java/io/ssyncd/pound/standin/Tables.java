package io.ssyncd.pound.standin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The services of a farm by position. Thread-safe: the structure does not change. */
final class Tables {
  private final List<List<ServiceTable>> listeners = new ArrayList<>();
  private final List<ServiceTable> globals = new ArrayList<>();

  Tables(Farm farm, Announcer announcer, LongSupplier clock, SplittableRandom random) {
    for (Farm.Listener listener : farm.listeners()) {
      List<ServiceTable> services = new ArrayList<>();
      for (Farm.Service service : listener.services()) {
        services.add(
            new ServiceTable(
                listeners.size(), services.size(), service, announcer, clock, random.split()));
      }
      listeners.add(services);
    }
    for (Farm.Service service : farm.globals()) {
      globals.add(new ServiceTable(0, 0, service, announcer, clock, random.split()));
    }
  }

  boolean hasListener(int listener) {
    return listener >= 0 && listener < listeners.size();
  }

  /** A service by position, listener -1 for the global ones; null if there is none. */
  @Nullable ServiceTable service(int listener, int service) {
    if (listener != -1 && !hasListener(listener)) {
      return null;
    }
    List<ServiceTable> services = listener == -1 ? globals : listeners.get(listener);
    return service >= 0 && service < services.size() ? services.get(service) : null;
  }

  /** The numbered services in the order of a dump. */
  List<ServiceTable> numbered() {
    List<ServiceTable> all = new ArrayList<>();
    listeners.forEach(all::addAll);
    return all;
  }

  /** The numbered services and the global ones. */
  List<ServiceTable> all() {
    List<ServiceTable> all = numbered();
    all.addAll(globals);
    return all;
  }

  int count() {
    return all().stream().mapToInt(ServiceTable::size).sum();
  }

  /** The sessions in the order of a dump, without those of global services. */
  List<Session> sessions() {
    List<Session> all = new ArrayList<>();
    for (ServiceTable service : numbered()) {
      all.addAll(service.sessions());
    }
    return all;
  }

  /**
   * SHA-256 over ids, key and last access of every session, whatever their order; 32 hex digits.
   */
  static String digest(List<Session> sessions) {
    List<Session> sorted = new ArrayList<>(sessions);
    sorted.sort(
        Comparator.comparingInt(Session::listener)
            .thenComparingInt(Session::service)
            .thenComparing(Session::key, Arrays::compareUnsigned));
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (Session s : sorted) {
      byte[] content = s.content().getBytes(StandardCharsets.ISO_8859_1);
      ByteBuffer b = ByteBuffer.allocate(28 + s.key().length + content.length);
      b.putInt(s.listener()).putInt(s.service()).putInt(s.backend());
      b.putInt(s.key().length).put(s.key()).putInt(content.length).put(content);
      sha.update(b.putLong(s.lastAccess()).flip());
    }
    return HexFormat.of().formatHex(sha.digest(), 0, 16);
  }
}
