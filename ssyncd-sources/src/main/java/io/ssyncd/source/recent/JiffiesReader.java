package io.ssyncd.source.recent;

import java.io.IOException;

/** A way to learn the kernel's jiffies of the moment. */
interface JiffiesReader {
  /**
   * Reads once.
   *
   * @throws IOException if the way is barred; the message names the file and says why
   */
  Reading read() throws IOException;

  /** Where the readings come from, for operators. */
  String name();

  /**
   * The counter at an instant.
   *
   * @param nanos of {@link System#nanoTime()}, after the jiffies were read, by no more than the
   *     reading takes
   * @param jiffies unsigned
   */
  record Reading(long nanos, long jiffies) {}
}
