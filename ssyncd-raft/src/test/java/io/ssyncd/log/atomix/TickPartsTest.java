package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class TickPartsTest {
  private final List<String> ran = new ArrayList<>();
  private final LongAdder failed = new LongAdder();

  /** The snapshots were not looked after as long as a part before them failed. */
  @Test
  void aPartThatAlwaysThrowsKeepsNoOtherFromItsTurn() {
    TickParts parts =
        new TickParts(failed)
            .add("first", () -> ran.add("first"))
            .add("bad", this::throwsAlways)
            .add("worse", this::throwsAnError)
            .add("last", () -> ran.add("last"));
    parts.run();
    parts.run();
    assertThat(ran).containsExactly("first", "last", "first", "last");
    assertThat(failed.sum()).isEqualTo(4);
  }

  @Test
  void aHaltIsNoFailureOfAPart() {
    Halt halt = new Halt(why -> {});
    TickParts parts =
        new TickParts(failed)
            .add("ledger", () -> halted(halt))
            .add("snapshots", () -> ran.add("snapshots"));
    assertThatThrownBy(parts::run).isInstanceOf(Halt.HaltedError.class);
    assertThat(ran).isEmpty();
    assertThat(failed.sum()).isZero();
  }

  private void throwsAlways() {
    throw new IllegalStateException("on purpose");
  }

  private void throwsAnError() {
    throw new AssertionError("on purpose");
  }

  private static void halted(Halt halt) {
    throw halt.now("on purpose", new IllegalStateException("on purpose"));
  }
}
