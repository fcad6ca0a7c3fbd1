package io.ssyncd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> VERBS = List.of("status", "start", "show", "snapshot");

  @Test
  void aSlipIsUnderstood() {
    assertThat(Nearest.to("statsu", VERBS)).contains("status");
    assertThat(Nearest.to("shwo", VERBS)).contains("show");
  }

  @Test
  void anotherWordIsNot() {
    assertThat(Nearest.to("failover", VERBS)).isEmpty();
    assertThat(Nearest.to("x", VERBS)).isEmpty();
  }
}
