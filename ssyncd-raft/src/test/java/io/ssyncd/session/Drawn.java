package io.ssyncd.session;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records and mutations drawn at random, edges more often than chance would have them. The seed is
 * logged and in {@link #toString}; {@code -Dssyncd.seed=N} draws the same again.
 */
public final class Drawn {
  private static final Logger log = LoggerFactory.getLogger(Drawn.class);
  private static final long[] IDS = {
    0, 1, 255, 256, 300, 65_535, 65_536, 0x7FFF_FFFFL, 0xFFFF_FFFFL
  };

  private final long seed;
  private final SplittableRandom random;
  private final List<Scope> scopes = new ArrayList<>();
  private final int keys;

  private Drawn(long seed, int keys) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.keys = keys;
    for (int i = 0; i < 3; i++) {
      scopes.add(Scope.farm("f" + i));
      scopes.add(Scope.table("_farm_0x" + i + "_sessions"));
    }
    scopes.add(Scope.farm("ä".repeat(13)));
    scopes.add(Scope.table("t".repeat(Scope.MAX_TABLE_BYTES)));
    scopes.add(Scope.table("f1"));
  }

  /** Hardly any key twice. */
  public static Drawn spread() {
    return new Drawn(seedOfThisRun(), Integer.MAX_VALUE);
  }

  /** About so many keys in each scope, again and again. */
  public static Drawn dense(int keys) {
    return new Drawn(seedOfThisRun(), keys);
  }

  /** As {@link #dense(int)}, of a seed that the caller keeps. */
  public static Drawn dense(int keys, long seed) {
    return new Drawn(seed, keys);
  }

  /** The seed that was asked for, or a new one. */
  public static long seedOfThisRun() {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    log.info("-Dssyncd.seed={}", seed);
    return seed;
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public long any() {
    return random.nextLong();
  }

  public UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  public Scope scope() {
    return scopes.get(below(scopes.size()));
  }

  public List<Scope> scopes() {
    return List.copyOf(scopes);
  }

  public long id() {
    return below(2) == 0 ? IDS[below(IDS.length)] : random.nextLong(HttpKey.MAX_ID + 1);
  }

  public Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  public SessionKey key(Scope scope) {
    if (keys < Integer.MAX_VALUE) {
      return key(scope, below(keys));
    }
    if (scope.kind() == Kind.RECENT) {
      return new RecentKey(scope.name(), bytes(below(2) == 0 ? 4 : 16));
    }
    int length = below(8) == 0 ? HttpKey.MAX_KEY_BYTES : 1 + below(40);
    return new HttpKey(scope.name(), id(), id(), bytes(length));
  }

  private static SessionKey key(Scope scope, int number) {
    Bytes bytes =
        Bytes.of((byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number);
    return scope.kind() == Kind.RECENT
        ? new RecentKey(scope.name(), bytes)
        : new HttpKey(scope.name(), number & 1, number & 6, bytes);
  }

  public SessionRecord record(Scope scope) {
    return record(key(scope));
  }

  public SessionRecord record(SessionKey key) {
    if (key instanceof HttpKey http) {
      int length = below(8) == 0 ? HttpSession.MAX_ADDRESS_BYTES : below(16);
      return new HttpSession(http, id(), bytes(length), random.nextLong());
    }
    long[] stamps = new long[below(50) == 0 ? RecentEntry.MAX_STAMPS : 1 + below(20)];
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = random.nextLong();
    }
    return new RecentEntry((RecentKey) key, below(256), stamps);
  }

  /** Mostly puts, some deletes, now and then a scope cleared. */
  public Mutation mutation() {
    Scope scope = scope();
    int what = below(200);
    if (what == 0) {
      return new Mutation.ClearScope(scope);
    }
    return what < 50 ? new Mutation.Delete(key(scope)) : new Mutation.Put(record(scope));
  }

  @Override
  public String toString() {
    return "-Dssyncd.seed=" + seed;
  }
}
