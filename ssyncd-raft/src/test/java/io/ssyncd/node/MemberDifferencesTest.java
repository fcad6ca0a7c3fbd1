package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MemberDifferencesTest {
  private static final LogConfig CONFIG =
      new LogConfig(
          "lb1",
          Path.of("log"),
          "test",
          new TreeMap<>(
              Map.of(
                  "lb1", new LogConfig.MemberAddress("10.0.0.1", 7777, false),
                  "lb2", new LogConfig.MemberAddress("10.0.0.2", 7777, false),
                  "w1", new LogConfig.MemberAddress("10.0.0.3", 7777, false))),
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Durability.OS);

  private static LogMember member(String name, String address, boolean witness) {
    return new LogMember(name, address, witness, true, Role.FOLLOWER, true, null, null);
  }

  @Test
  void membersAsConfiguredAreNoWarning() {
    assertThat(
            MemberDifferences.warning(
                CONFIG,
                List.of(
                    member("lb1", "10.0.0.1:7777", false),
                    member("lb2", "10.0.0.2:7777", false),
                    member("w1", "10.0.0.3:7777", false))))
        .isEmpty();
  }

  @Test
  void eachDifferenceIsNamed() {
    Warning warning =
        MemberDifferences.warning(
                CONFIG,
                List.of(
                    member("lb1", "10.0.0.9:7777", false),
                    member("lb4", "10.0.0.4:7777", false),
                    member("w1", "10.0.0.3:7777", true)))
            .orElseThrow();
    assertThat(warning.code()).isEqualTo("members-differ");
    assertThat(warning.text())
        .contains("lb1 is at 10.0.0.9:7777, there at 10.0.0.1:7777")
        .contains("lb2 is named there and is no member")
        .contains("w1 is a witness, there it is none")
        .contains("lb4 at 10.0.0.4:7777 is a member and not named there");
  }
}
