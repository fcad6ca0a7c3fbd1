package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import org.junit.jupiter.api.Test;

class HeldDeletesTest {
  private final HeldDeletes held = new HeldDeletes(3);

  private static HttpKey key(int service, String text) {
    return new HttpKey("f1", 0, service, Bytes.utf8(text));
  }

  @Test
  void dueWhenItsTimeHasCome() {
    held.add(key(0, "a"), 0L, 1000);
    held.add(key(0, "b"), 0L, 2000);
    assertThat(held.due(999)).isEmpty();
    assertThat(held.due(1000)).containsExactly(key(0, "a"));
    assertThat(held.due(2000)).containsExactly(key(0, "a"), key(0, "b"));
  }

  @Test
  void aSecondDeletionDoesNotProlongTheFirst() {
    held.add(key(0, "a"), 0L, 1000);
    held.add(key(0, "a"), 0L, 5000);
    assertThat(held.due(1000)).hasSize(1);
    assertThat(held.size()).isEqualTo(1);
  }

  @Test
  void whatWasToldStaysUntilTheTableHasMadeIt() {
    held.add(key(0, "a"), 0L, 1000);
    held.told(key(0, "a"));
    assertThat(held.due(1000)).isEmpty();
    assertThat(held.waiting(Mirror.ServiceId.of(key(0, "a")))).isZero();
    assertThat(held.unconfirmed()).containsExactly(key(0, "a"));
    held.tellAgain();
    assertThat(held.due(1000)).containsExactly(key(0, "a"));
    held.told(key(0, "a"));
    held.confirmed(key(0, "a"));
    assertThat(held.size()).isZero();
  }

  @Test
  void beyondItsBoundADeletionIsCountedAndNotKept() {
    assertThat(held.add(key(0, "a"), 0L, 1)).isTrue();
    assertThat(held.add(key(0, "b"), 0L, 1)).isTrue();
    assertThat(held.add(key(0, "c"), 0L, 1)).isTrue();
    assertThat(held.add(key(0, "d"), 0L, 1)).isFalse();
    assertThat(held.add(key(0, "a"), 0L, 1)).isTrue();
    assertThat(held.overflows()).isEqualTo(1);
    assertThat(held.size()).isEqualTo(3);
  }

  @Test
  void droppingAServiceLeavesTheOthersAndWhatWasTold() {
    held.add(key(0, "a"), 0L, 1);
    held.add(key(0, "told"), 1L, 1);
    held.told(key(0, "told"));
    held.add(key(1, "b"), 0L, 1);
    Mirror.ServiceId service = Mirror.ServiceId.of(key(0, "a"));
    assertThat(held.backends(service)).containsExactly(0L, 1L);
    held.drop(service);
    assertThat(held.massDropped()).isEqualTo(1);
    assertThat(held.waiting(service)).isZero();
    assertThat(held.backends(service)).isEmpty();
    assertThat(held.due(1)).containsExactly(key(1, "b"));
    assertThat(held.holds(key(0, "told"))).isTrue();
  }

  @Test
  void aSessionThatComesBackVoidsItsDeletion() {
    held.add(key(0, "a"), 0L, 1);
    held.cancel(key(0, "a"));
    held.cancel(key(0, "never-deleted"));
    assertThat(held.returned()).isEqualTo(1);
    assertThat(held.due(1)).isEmpty();
    assertThat(held.waiting(Mirror.ServiceId.of(key(0, "a")))).isZero();
  }
}
