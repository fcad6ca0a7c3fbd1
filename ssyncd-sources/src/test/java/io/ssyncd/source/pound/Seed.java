package io.ssyncd.source.pound;

import java.util.Random;
import org.slf4j.LoggerFactory;

/** Randomness that can be repeated: {@code -Dssyncd.seed=N}. */
final class Seed {
  private Seed() {}

  static Random random() {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    LoggerFactory.getLogger(Seed.class).info("-Dssyncd.seed={}", seed);
    return new Random(seed);
  }
}
