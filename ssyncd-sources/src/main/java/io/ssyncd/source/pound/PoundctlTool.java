package io.ssyncd.source.pound;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Pound's own tool, and how it reaches a farm's Pound.
 *
 * @param program the tool itself: run as it is, never through a shell
 * @param socket what the farm's pound.cfg calls {@code Control}
 * @param timeout it is killed when it takes longer
 */
public record PoundctlTool(Path program, Path socket, Duration timeout) {
  /** For a list of 100,000 sessions the tool of 2.8a.15 takes some tenths of a second. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
}
