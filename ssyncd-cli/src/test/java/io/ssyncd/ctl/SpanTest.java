package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class SpanTest {
  private final Span span = new Span();

  @Test
  void aNumberIsSecondsAndAUnitIsTakenAtItsWord() {
    assertThat(span.convert("300")).isEqualTo(Duration.ofMinutes(5));
    assertThat(span.convert("300ms")).isEqualTo(Duration.ofMillis(300));
    assertThat(span.convert("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(span.convert("10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(span.convert("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(span.convert("3d")).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void whatIsNoDurationIsNamed() {
    for (String wrong : new String[] {"", "-1", "1.5h", "10 m", "9999999", "soon"}) {
      assertThatThrownBy(() -> span.convert(wrong))
          .isInstanceOf(TypeConversionException.class)
          .hasMessageEndingWith("not " + wrong);
    }
  }

  @Test
  void anAgeHasAUnitOfSecondsAtLeast() {
    Span.Age age = new Span.Age();
    assertThat(age.convert("30d")).isEqualTo(Duration.ofDays(30));
    for (String wrong : new String[] {"30", "300ms", "", "9999999d"}) {
      assertThatThrownBy(() -> age.convert(wrong)).isInstanceOf(TypeConversionException.class);
    }
  }
}
