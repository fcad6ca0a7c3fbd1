package io.ssyncd.table;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The records of a scope in buckets, by a hash of their keys, each with the sum of its records'
 * hashes: two members that hold nearly the same find out by little talk where they differ. Members
 * of different releases compare buckets: a change of the hash needs a new version of the question.
 *
 * <p>Immutable; to make one for a million records takes about a second.
 */
public final class ScopeBuckets {
  /** The most buckets: their digests are to fit into one answer. */
  public static final int MAX_BUCKETS = 1 << 14;

  private static final int RECORDS_PER_BUCKET = 32;

  private static final Comparator<SessionRecord> BY_KEY =
      (a, b) ->
          a.key() instanceof HttpKey mine
              ? mine.compareTo((HttpKey) b.key())
              : ((RecentKey) a.key()).compareTo((RecentKey) b.key());

  private final List<List<SessionRecord>> buckets;
  private final long[] digests;

  private ScopeBuckets(List<List<SessionRecord>> buckets, long[] digests) {
    this.buckets = buckets;
    this.digests = digests;
  }

  /** How many buckets are good for so many records: a power of two. */
  public static int countFor(long records) {
    long wanted = Math.max(1, records / RECORDS_PER_BUCKET);
    return (int) Math.min(MAX_BUCKETS, Long.highestOneBit(wanted));
  }

  /** Whether there can be so many buckets: a power of two up to {@link #MAX_BUCKETS}. */
  public static boolean isCount(int count) {
    return count >= 1 && count <= MAX_BUCKETS && Integer.bitCount(count) == 1;
  }

  /**
   * Sorts records into buckets.
   *
   * @param records all of that scope, none twice
   * @param count how many buckets, see {@link #isCount}
   */
  public static ScopeBuckets of(Scope scope, List<SessionRecord> records, int count) {
    if (!isCount(count)) {
      throw new IllegalArgumentException("no number of buckets: " + count);
    }
    List<List<SessionRecord>> buckets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      buckets.add(new ArrayList<>(2));
    }
    long[] digests = new long[count];
    long seed = TableDigest.seed(scope);
    TableDigest digest = new TableDigest();
    ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.MAX_RECORD_BYTES);
    for (SessionRecord record : records) {
      int bucket = bucket(record.key(), buffer, count);
      buckets.get(bucket).add(record);
      digests[bucket] += digest.of(seed, record);
    }
    return new ScopeBuckets(buckets, digests);
  }

  private static int bucket(SessionKey key, ByteBuffer buffer, int count) {
    buffer.clear();
    RecordCodec.writeKey(key, buffer);
    return (int) TableDigest.hash(0, buffer.array(), buffer.position()) & (count - 1);
  }

  /** How many buckets there are. */
  public int count() {
    return digests.length;
  }

  /** The sum of the hashes of a bucket's records. */
  public long digest(int bucket) {
    return digests[bucket];
  }

  /** A bucket's records, in the order of their keys. */
  public List<SessionRecord> records(int bucket) {
    return buckets.get(bucket).stream().sorted(BY_KEY).toList();
  }
}
