package io.ssyncd.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a build leaves for operators, and what system tests therefore start.
 *
 * @param home the directory with {@code bin} and {@code lib}
 */
public record Distribution(Path home) {
  /** The system property that names the directory; the build sets it. */
  public static final String PROPERTY = "ssyncd.distribution";

  /** The distribution of this build. */
  public static Distribution built() {
    String home = System.getProperty(PROPERTY);
    if (home == null) {
      throw new IllegalStateException(
          "-D" + PROPERTY + "=DIR is not set: the build leaves it in ssyncd-cli/target/ssyncd");
    }
    Distribution found = new Distribution(Path.of(home).toAbsolutePath());
    if (!Files.isExecutable(found.ssyncd()) || !Files.isExecutable(found.ssyncdctl())) {
      throw new IllegalStateException("no distribution in " + home + ": run mvn package first");
    }
    return found;
  }

  /** The daemon. */
  public Path ssyncd() {
    return home.resolve("bin/ssyncd");
  }

  /** The operator's tool. */
  public Path ssyncdctl() {
    return home.resolve("bin/ssyncdctl");
  }
}
