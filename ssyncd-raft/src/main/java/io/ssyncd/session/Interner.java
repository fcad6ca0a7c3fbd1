package io.ssyncd.session;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps one copy of what a great many records share: names of farms and tables, and the addresses
 * of backends. Saves memory only; nothing else depends on what it has seen.
 *
 * <p>Holds at most {@link #MAX_VALUES} names and as many addresses; one more, and it forgets all of
 * them and starts anew. Not thread-safe.
 */
public final class Interner {
  /** How many names, and how many addresses, are kept. */
  public static final int MAX_VALUES = 4096;

  private final Map<String, String> names = new HashMap<>();
  private final Map<Bytes, Bytes> addresses = new HashMap<>();

  /** The name, as the copy that was seen first. */
  public String name(String name) {
    return first(names, name);
  }

  /** The address, as the copy that was seen first. */
  public Bytes address(Bytes address) {
    return first(addresses, address);
  }

  private static <T> T first(Map<T, T> seen, T value) {
    T known = seen.get(value);
    if (known != null) {
      return known;
    }
    if (seen.size() >= MAX_VALUES) {
      seen.clear();
    }
    seen.put(value, value);
    return value;
  }
}
