package io.ssyncd.pound.standin;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hash that Pound keeps a service's sessions in, so that a dump comes in Pound's order: linear
 * hashing as OpenSSL's LHASH does it (1.1 to 3.0) over a 32-bit FNV hash that sign-extends the
 * key's bytes. One bucket is split, or merged, at a time; buckets are walked from the last to the
 * first.
 *
 * <p>Not thread-safe: a service's lock guards it.
 */
final class SessionHash {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  /** Fewest buckets that shrinking leaves; half as many are in use at the start. */
  private static final int MIN_BUCKETS = 16;

  /** Loads are counted in 1/256 of an entry a bucket. */
  private static final int LOAD_UNIT = 256;

  /** From this load on an addition first splits a bucket. */
  private static final int SPLIT_LOAD = 2 * LOAD_UNIT;

  /** Down to this load a removal merges two buckets. */
  private static final int MERGE_LOAD = LOAD_UNIT;

  /** What a session is to its service. */
  static final class Entry {
    final byte[] key;
    private final long hash;
    int backend;
    long lastAccess;
    private @Nullable Entry next;

    Entry(byte[] key, int backend, long lastAccess) {
      this.key = key;
      this.hash = hash(key);
      this.backend = backend;
      this.lastAccess = lastAccess;
    }

    private boolean is(byte[] otherKey, long otherHash) {
      return hash == otherHash && Arrays.equals(key, otherKey);
    }
  }

  private @Nullable Entry[] buckets = new @Nullable Entry[MIN_BUCKETS];
  private int inUse = MIN_BUCKETS / 2;

  /** Buckets of the level that is being split: a power of two. */
  private int level = MIN_BUCKETS / 2;

  /** The bucket of the level that is split next; those before it have been. */
  private int split;

  private int size;
  private int mergeLoad = MERGE_LOAD;

  static long hash(byte[] key) {
    int hash = FNV_OFFSET;
    for (byte b : key) {
      hash = (hash ^ b) * FNV_PRIME;
    }
    return Integer.toUnsignedLong(hash);
  }

  int size() {
    return size;
  }

  @Nullable Entry find(byte[] key) {
    long hash = hash(key);
    for (Entry e = buckets[bucketOf(hash)]; e != null; e = e.next) {
      if (e.is(key, hash)) {
        return e;
      }
    }
    return null;
  }

  /** Adds an entry, or gives the one of that key a new value; true if the key was there. */
  boolean put(Entry entry) {
    if (load() >= SPLIT_LOAD) {
      grow();
    }
    int bucket = bucketOf(entry.hash);
    Entry last = null;
    for (Entry e = buckets[bucket]; e != null; e = e.next) {
      if (e.is(entry.key, entry.hash)) {
        e.backend = entry.backend;
        e.lastAccess = entry.lastAccess;
        return true;
      }
      last = e;
    }
    if (last == null) {
      buckets[bucket] = entry;
    } else {
      last.next = entry;
    }
    size++;
    return false;
  }

  /** Takes the entry of a key out; null if there is none. */
  @Nullable Entry remove(byte[] key) {
    long hash = hash(key);
    int bucket = bucketOf(hash);
    Entry before = null;
    for (Entry e = buckets[bucket]; e != null; before = e, e = e.next) {
      if (e.is(key, hash)) {
        if (before == null) {
          buckets[bucket] = e.next;
        } else {
          before.next = e.next;
        }
        size--;
        if (inUse > MIN_BUCKETS && load() <= mergeLoad) {
          shrink();
        }
        return e;
      }
    }
    return null;
  }

  /** Shows every entry, in the order of a dump; the action may remove the entry it is shown. */
  void forEach(Consumer<Entry> action) {
    for (int i = inUse - 1; i >= 0; i--) {
      Entry e = buckets[i];
      while (e != null) {
        Entry next = e.next;
        action.accept(e);
        e = next;
      }
    }
  }

  /**
   * Like {@link #forEach}, for an action that removes many: hardly any bucket is merged meanwhile.
   */
  void sweep(Consumer<Entry> action) {
    mergeLoad = 0;
    try {
      forEach(action);
    } finally {
      mergeLoad = MERGE_LOAD;
    }
  }

  private long load() {
    return (long) size * LOAD_UNIT / inUse;
  }

  private int bucketOf(long hash) {
    int bucket = (int) (hash % level);
    return bucket < split ? (int) (hash % (2L * level)) : bucket;
  }

  private void grow() {
    int from = split;
    int to = level + split;
    int wide = 2 * level;
    if (to >= buckets.length) {
      buckets = Arrays.copyOf(buckets, 2 * buckets.length);
    }
    Entry stay = null;
    Entry stayLast = null;
    Entry moved = null;
    for (Entry e = buckets[from]; e != null; ) {
      Entry next = e.next;
      if (e.hash % wide == from) {
        e.next = null;
        if (stayLast == null) {
          stay = e;
        } else {
          stayLast.next = e;
        }
        stayLast = e;
      } else {
        // Moved entries end up in reverse order, as in LHASH.
        e.next = moved;
        moved = e;
      }
      e = next;
    }
    buckets[from] = stay;
    buckets[to] = moved;
    inUse++;
    split++;
    if (split == level) {
      level = wide;
      split = 0;
    }
  }

  private void shrink() {
    if (split == 0) {
      level /= 2;
      split = level;
    }
    split--;
    int from = level + split;
    Entry tail = buckets[from];
    buckets[from] = null;
    Entry e = buckets[split];
    if (e == null) {
      buckets[split] = tail;
    } else {
      while (e.next != null) {
        e = e.next;
      }
      e.next = tail;
    }
    inUse--;
  }
}
