package io.ssyncd.system;

import java.util.ArrayList;
import java.util.List;

/** How long a cluster acknowledged nothing, time after time: to be logged, not judged. */
final class Pauses {
  private static final long NANOS_PER_MS = 1_000_000;

  private final List<Long> millis = new ArrayList<>();

  void add(long fromNanos, long toNanos) {
    millis.add((toNanos - fromNanos) / NANOS_PER_MS);
  }

  @Override
  public String toString() {
    List<Long> sorted = millis.stream().sorted().toList();
    return sorted.isEmpty()
        ? "none"
        : "median %d ms, least %d ms, most %d ms of %d"
            .formatted(
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1),
                sorted.size());
  }
}
