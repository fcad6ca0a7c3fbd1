package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshnessTest {
  private static final LogStatus ALONE = new LogStatus(Role.FOLLOWER, null, 3, 9, 9, false);
  private static final LogStatus CURRENT = new LogStatus(Role.FOLLOWER, "b", 3, 9, 9, true);

  @TempDir Path directory;

  @Test
  void aStartWithoutAMajorityDoesNotMakeTheStateYounger() throws Exception {
    FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
    Files.write(directory.resolve("current"), new byte[0]);
    Files.setLastModifiedTime(directory.resolve("current"), yesterday);
    try (DataDirectory data = DataDirectory.open(directory, "prod", "a", false)) {
      Freshness first = new Freshness(data);
      first.note(ALONE, 9);
      first.keep();
      assertThat(new Freshness(data).ageMs()).isGreaterThan(Duration.ofHours(23).toMillis());
      assertThat(new Freshness(data).index()).isZero();
    }
  }

  @Test
  void whatWasCurrentIsRememberedOverARestart() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory, "prod", "a", false)) {
      Freshness first = new Freshness(data);
      assertThat(first.ageMs()).isGreaterThan(Duration.ofDays(365).toMillis());
      first.note(CURRENT, 8);
      first.keep();
      assertThat(new Freshness(data).ageMs()).isLessThan(Duration.ofHours(1).toMillis());
      assertThat(new Freshness(data).index()).isEqualTo(8);
    }
  }
}
