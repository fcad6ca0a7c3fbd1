package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times are this test's own: nothing waits. */
class CpuBudgetTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1000 * MS;

  @Test
  void whoTookTimeWaitsUntilItIsASmallEnoughPart() {
    CpuBudget budget = new CpuBudget(10);
    long now = System.nanoTime();
    assertThat(budget.isFree(now)).isTrue();
    budget.spent(100 * MS, now);
    assertThat(budget.isFree(now + 899 * MS)).isFalse();
    assertThat(budget.isFree(now + 900 * MS)).isTrue();
  }

  @Test
  void twoAtOnceWaitForBoth() {
    CpuBudget budget = new CpuBudget(50);
    long now = System.nanoTime();
    budget.spent(SECOND, now);
    budget.spent(SECOND, now);
    assertThat(budget.isFree(now + 1999 * MS)).isFalse();
    assertThat(budget.isFree(now + 2000 * MS)).isTrue();
  }

  @Test
  void theWholeCoreIsNoBound() {
    CpuBudget budget = new CpuBudget(100);
    long now = System.nanoTime();
    budget.spent(SECOND, now);
    assertThat(budget.isFree(now)).isTrue();
  }

  @Test
  void theShareIsOfTheLastMinute() {
    CpuBudget budget = new CpuBudget(10);
    long now = System.nanoTime();
    budget.spent(3 * SECOND, now);
    assertThat(budget.share(now)).isEqualTo(0.05);
    assertThat(budget.share(now + 58 * SECOND)).isEqualTo(0.05);
    assertThat(budget.share(now + 62 * SECOND)).isZero();
    budget.spent(SECOND, now + 10_000 * SECOND);
    assertThat(budget.share(now + 10_000 * SECOND)).isCloseTo(1 / 60.0, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 75})
  void whateverThePiecesTakeTheShareIsKept(int percent) {
    Random random = new Random(percent);
    CpuBudget budget = new CpuBudget(percent);
    long begin = System.nanoTime();
    long now = begin;
    long spent = 0;
    while (now - begin < 10_000 * SECOND) {
      if (budget.isFree(now)) {
        long cost = 1 + random.nextLong(300 * MS);
        now += cost;
        spent += cost;
        budget.spent(cost, now);
      } else {
        now += 7 * MS;
      }
    }
    assertThat((double) spent / (now - begin)).isCloseTo(percent / 100.0, within(0.02));
    assertThat((double) spent / (now - begin)).isLessThanOrEqualTo(percent / 100.0 + 1e-3);
  }
}
