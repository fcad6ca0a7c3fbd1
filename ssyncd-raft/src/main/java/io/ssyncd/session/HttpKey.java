package io.ssyncd.session;

/**
 * The identity of an HTTP session: where in its farm, and the key that Pound derived from the
 * client's request.
 *
 * @param farm the farm's name, see {@link Scope#MAX_FARM_BYTES}
 * @param listener position of the listener in pound.cfg, an unsigned 32-bit number
 * @param service position of the service in its listener, an unsigned 32-bit number
 * @param key 1 to {@value #MAX_KEY_BYTES} arbitrary bytes; a secret where the service's sessions
 *     are of type BASIC
 */
public record HttpKey(String farm, long listener, long service, Bytes key)
    implements SessionKey, Comparable<HttpKey> {
  /** A frame counts the key in one byte. */
  public static final int MAX_KEY_BYTES = 255;

  /** The largest id a frame can carry. */
  public static final long MAX_ID = 0xFFFF_FFFFL;

  public HttpKey {
    requireId("listener", listener);
    requireId("service", service);
    if (key.length() == 0 || key.length() > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a session key has 1 to " + MAX_KEY_BYTES + " bytes, not " + key.length());
    }
  }

  static void requireId(String what, long id) {
    if (id < 0 || id > MAX_ID) {
      throw new IllegalArgumentException(what + " is no unsigned 32-bit number: " + id);
    }
  }

  @Override
  public Scope scope() {
    return Scope.farm(farm);
  }

  /**
   * By farm, listener, service, key. Clients choose the keys: an order keeps hash tables fast when
   * they choose them so that the hashes collide.
   */
  @Override
  public int compareTo(HttpKey other) {
    int order = farm.compareTo(other.farm);
    if (order == 0) {
      order = Long.compare(listener, other.listener);
    }
    if (order == 0) {
      order = Long.compare(service, other.service);
    }
    return order != 0 ? order : key.compareTo(other.key);
  }

  /** Says where the session is, not its key: that may be a secret. */
  @Override
  public String toString() {
    return "http " + farm + " " + listener + "/" + service + " key of " + key.length() + " bytes";
  }
}
