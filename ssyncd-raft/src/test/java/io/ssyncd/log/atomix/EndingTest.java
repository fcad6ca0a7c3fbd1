package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {
  private final List<String> taken = new ArrayList<>();

  private void fails(String step) {
    taken.add(step);
    throw new IllegalStateException("for the test: " + step);
  }

  @Test
  void aStepThatThrowsSkipsNothingAndAllThatWasThrownIsTold() {
    Throwable told =
        new Ending("a test")
            .step("one", () -> taken.add("one"))
            .step("two", () -> fails("two"))
            .step("three", () -> taken.add("three"))
            .step(
                "four",
                () -> {
                  taken.add("four");
                  throw new AssertionError("for the test: four");
                })
            .step("five", () -> taken.add("five"))
            .done();
    assertThat(taken).containsExactly("one", "two", "three", "four", "five");
    assertThat(told).hasMessageContaining("two did not end in order");
    assertThat(told.getSuppressed()).hasSize(1);
    assertThat(told.getSuppressed()[0]).hasMessageContaining("four did not end in order");
  }

  @Test
  void anEndInOrderHasNothingToTell() {
    assertThat(new Ending("a test").step("one", () -> taken.add("one")).done()).isNull();
  }
}
