package io.ssyncd.pound.standin;

import io.ssyncd.pound.standin.SessionHash.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one service and what Pound does with them. Everything is announced while the
 * service's lock is held, as in Pound: a client that does not read stops the service.
 */
final class ServiceTable {
  /** Pound cuts keys of requests and of poundctl to this ({@code KEY_SIZE}). */
  static final int MAX_REQUEST_KEY_BYTES = 127;

  /** In place of a position: the Emergency backend. */
  private static final int EMERGENCY = -1;

  private final int listener;
  private final int service;
  private final Farm.Service config;
  private final Announcer announcer;
  private final LongSupplier clock;
  private final SplittableRandom random;
  private final SessionHash sessions = new SessionHash();
  private final boolean[] disabled;
  private final boolean[] dead;
  private volatile int size;

  ServiceTable(
      int listener,
      int service,
      Farm.Service config,
      Announcer announcer,
      LongSupplier clock,
      SplittableRandom random) {
    this.listener = listener;
    this.service = service;
    this.config = config;
    this.announcer = announcer;
    this.clock = clock;
    this.random = random;
    this.disabled = new boolean[config.backends().size()];
    this.dead = new boolean[disabled.length];
    for (int b = 0; b < disabled.length; b++) {
      disabled[b] = config.backends().get(b).disabled();
    }
  }

  Farm.Service config() {
    return config;
  }

  /** How many sessions there are; does not wait for a service that stands still. */
  int size() {
    return size;
  }

  boolean hasBackend(int backend) {
    return backend >= 0 && backend < disabled.length;
  }

  /**
   * Puts a session in whether or not the key is there, announced as ADD. An empty key is ignored.
   *
   * @param lastAccess Unix seconds, 0 for now
   * @return false if the key was empty
   */
  synchronized boolean add(byte[] key, int backend, long lastAccess) {
    if (key.length == 0) {
      return false;
    }
    Entry entry = new Entry(key, backend, lastAccess == 0 ? clock.getAsLong() : lastAccess);
    announce(Announcer.ADD, entry);
    sessions.put(entry);
    size = sessions.size();
    return true;
  }

  /**
   * A request with this key: refreshes its session or makes one.
   *
   * @return the position of the backend that gets the request, -1 if there is none
   */
  synchronized int request(byte[] requestKey) {
    byte[] key = requestKey(requestKey);
    boolean keeps = config.type() != SessionType.NONE && config.ttlSeconds() >= 0;
    Entry entry = keeps ? refresh(key) : null;
    if (entry != null) {
      return position(entry);
    }
    int backend = chooseBackend();
    if (backend >= 0 && keeps) {
      add(key, backend, 0);
    }
    return backend;
  }

  /**
   * An answer of the Emergency backend that carries a session key, as answers to COOKIE and HEADER
   * services may: refreshes its session or makes one.
   */
  synchronized void emergencyAnswer(byte[] answerKey) {
    if (config.emergency() == null) {
      throw new IllegalArgumentException("the service has no Emergency");
    }
    byte[] key = requestKey(answerKey);
    if (refresh(key) == null) {
      add(key, EMERGENCY, 0);
    }
  }

  /** A request that finds its session; false if there is none. */
  synchronized boolean touch(byte[] key) {
    return refresh(requestKey(key)) != null;
  }

  private @Nullable Entry refresh(byte[] key) {
    Entry entry = sessions.find(key);
    if (entry == null) {
      return null;
    }
    long now = clock.getAsLong();
    if (entry.lastAccess != now) {
      entry.lastAccess = now;
      announce(Announcer.UPDATE, entry);
    }
    return entry;
  }

  private int chooseBackend() {
    int total = 0;
    for (int b = 0; b < disabled.length; b++) {
      total += weight(b);
    }
    int left = total == 0 ? 0 : random.nextInt(total);
    for (int b = 0; b < disabled.length; b++) {
      left -= weight(b);
      if (left < 0) {
        return b;
      }
    }
    return -1;
  }

  private int weight(int backend) {
    boolean usable = !disabled[backend] && !dead[backend];
    return usable ? config.backends().get(backend).priority() : 0;
  }

  synchronized boolean delete(byte[] key) {
    Entry entry = sessions.remove(key);
    if (entry == null) {
      return false;
    }
    gone(entry);
    return true;
  }

  /** Deletes the sessions of a backend; returns how many. */
  synchronized int flush(int backend) {
    return deleteAll(entry -> entry.backend == backend);
  }

  /** Marks a backend dead and deletes its sessions; returns how many. */
  synchronized int kill(int backend) {
    dead[backend] = true;
    return flush(backend);
  }

  synchronized void revive(int backend) {
    dead[backend] = false;
  }

  /** Disabling says nothing and keeps the sessions. */
  synchronized void disable(int backend, boolean value) {
    disabled[backend] = value;
  }

  /** Deletes what was last used before now - TTL; returns how many. */
  synchronized int expire() {
    if (config.type() == SessionType.NONE) {
      return 0;
    }
    long limit = clock.getAsLong() - config.ttlSeconds();
    return deleteAll(entry -> entry.lastAccess < limit);
  }

  private int deleteAll(Predicate<Entry> which) {
    int before = sessions.size();
    sessions.sweep(
        entry -> {
          if (which.test(entry) && sessions.remove(entry.key) != null) {
            gone(entry);
          }
        });
    return before - sessions.size();
  }

  private void gone(Entry entry) {
    size = sessions.size();
    announce(Announcer.DELETE, entry);
  }

  /** The sessions in the order of Pound's hash, which is the order of a dump. */
  synchronized List<Session> sessions() {
    List<Session> all = new ArrayList<>(sessions.size());
    sessions.forEach(
        e -> all.add(new Session(listener, service, position(e), e.key, content(e), e.lastAccess)));
    return all;
  }

  private void announce(int action, Entry e) {
    announcer.announce(action, listener, service, position(e), e.key, content(e), e.lastAccess);
  }

  private static int position(Entry entry) {
    return Math.max(0, entry.backend);
  }

  private String content(Entry entry) {
    Farm.Backend emergency = config.emergency();
    return entry.backend == EMERGENCY && emergency != null
        ? emergency.content()
        : config.backends().get(entry.backend).content();
  }

  /** A key as Pound takes it from a request: cut at a NUL and to 127 bytes. */
  static byte[] requestKey(byte[] key) {
    byte[] text = untilNul(key);
    return text.length <= MAX_REQUEST_KEY_BYTES ? text : Arrays.copyOf(text, MAX_REQUEST_KEY_BYTES);
  }

  /** The bytes before the first NUL. */
  static byte[] untilNul(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return Arrays.copyOf(bytes, i);
      }
    }
    return bytes;
  }
}
