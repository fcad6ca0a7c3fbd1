package io.ssyncd.session;

/**
 * An HTTP session: which backend a client sticks to. Immutable.
 *
 * @param key the session's identity
 * @param backend position of the backend in its service, an unsigned 32-bit number
 * @param address the backend's address as Pound sent it (its IP as text, without a port), 0 to
 *     {@value #MAX_ADDRESS_BYTES} bytes
 * @param lastAccessMs wall-clock milliseconds since 1970; Pound keeps whole seconds
 */
public record HttpSession(HttpKey key, long backend, Bytes address, long lastAccessMs)
    implements SessionRecord {
  /** A frame counts the address in one byte. */
  public static final int MAX_ADDRESS_BYTES = 255;

  public HttpSession {
    HttpKey.requireId("backend", backend);
    if (address.length() > MAX_ADDRESS_BYTES) {
      throw new IllegalArgumentException(
          "a backend's address has at most "
              + MAX_ADDRESS_BYTES
              + " bytes, not "
              + address.length());
    }
  }
}
