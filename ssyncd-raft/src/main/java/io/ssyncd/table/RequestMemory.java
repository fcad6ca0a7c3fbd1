package io.ssyncd.table;

import io.ssyncd.log.Outcome;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest {@link #MAX_REQUESTS} requests that took effect, so that none does twice. Part of what
 * is replicated: every member must forget the same ones. Not thread-safe.
 */
final class RequestMemory {
  /** How many are remembered; the one whose entry is oldest goes first. */
  static final int MAX_REQUESTS = 4096;

  private static final int ENCODED_BYTES = 16 + 8 + 1;

  private final LinkedHashMap<UUID, Remembered> requests = new LinkedHashMap<>();
  private long sum;

  /**
   * What became of a request.
   *
   * @param index of the entry that brought it first
   * @param outcome what that entry's was
   */
  record Remembered(long index, Outcome outcome) {}

  @Nullable Remembered find(UUID request) {
    return requests.get(request);
  }

  void remember(UUID request, Remembered what) {
    Remembered before = requests.put(request, what);
    if (before != null) {
      throw new IllegalStateException("request " + request + " took effect twice");
    }
    sum += hash(request, what);
    if (requests.size() > MAX_REQUESTS) {
      Map.Entry<UUID, Remembered> oldest = requests.entrySet().iterator().next();
      sum -= hash(oldest.getKey(), oldest.getValue());
      requests.remove(oldest.getKey());
    }
  }

  /** The sum of the requests' hashes; the index in each accounts for their order. */
  long sum() {
    return sum;
  }

  /** A view, the oldest first. */
  Map<UUID, Remembered> all() {
    return Collections.unmodifiableMap(requests);
  }

  private static long hash(UUID request, Remembered what) {
    ByteBuffer bytes =
        ByteBuffer.allocate(ENCODED_BYTES)
            .putLong(request.getMostSignificantBits())
            .putLong(request.getLeastSignificantBits())
            .putLong(what.index())
            .put((byte) what.outcome().code());
    return TableDigest.hash(0, bytes.array(), ENCODED_BYTES);
  }
}
