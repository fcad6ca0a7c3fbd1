package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessBindingTest {
  private static final PeerProcess FIRST = new PeerProcess(10, 1);
  private static final PeerProcess SECOND = new PeerProcess(10, 2);

  private final ProcessBinding binding = new ProcessBinding();

  @Test
  void speaksForTheOneThatWasWritten() {
    binding.begin(FIRST, FIRST);
    assertThat(binding.accepts(FIRST)).isTrue();
    assertThat(binding.accepts(SECOND)).isFalse();
    binding.begin(SECOND, SECOND);
    assertThat(binding.accepts(SECOND)).isTrue();
  }

  @Test
  void whenAnotherOneCameBetweenWriteAndStart_itIsNotTheOne() {
    binding.begin(SECOND, FIRST);
    assertThat(binding.accepts(SECOND)).isFalse();
  }

  @Test
  void whereNothingWasWritten_theOneThatIsThereCounts() {
    binding.begin(FIRST, null);
    assertThat(binding.accepts(FIRST)).isTrue();
  }

  @Test
  void oneThatComesAfterTheStartHasNotBeenWritten() {
    binding.begin(null, null);
    assertThat(binding.accepts(FIRST)).isFalse();
  }

  @Test
  void oneIsNotAnnouncedTwice() {
    binding.begin(FIRST, FIRST);
    assertThat(binding.accepts(SECOND)).isFalse();
    binding.begin(SECOND, FIRST); // its write failed, and the node goes on
    assertThat(binding.accepts(SECOND)).isTrue();
  }
}
