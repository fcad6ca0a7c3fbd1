package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import java.io.IOException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WholeDumpTest {
  private static final long MS = 1_000_000;
  private static final HttpKey CANARY = new HttpKey("f1", 0, 0, Bytes.utf8("canary 7"));
  private static final HttpKey OLDER = new HttpKey("f1", 0, 0, Bytes.utf8("canary 6"));

  private final FakeWire wire = new FakeWire();
  private final WholeDump dump = new WholeDump(7, CANARY, 500 * MS, 0);

  private static final class FakeWire implements WholeDump.Wire {
    OptionalInt unsent = OptionalInt.of(100);
    OptionalInt unread = OptionalInt.of(0);
    boolean gone;
    boolean busy;
    int marks;

    @Override
    public OptionalInt unsent() {
      return unsent;
    }

    @Override
    public OptionalInt unread() {
      return unread;
    }

    @Override
    public boolean gone() {
      return gone;
    }

    @Override
    public boolean mark() {
      if (busy) {
        return false;
      }
      marks++;
      unsent = OptionalInt.of(50);
      return true;
    }
  }

  private Dump advance(int bytes, long atMs) throws IOException {
    return dump.advance(bytes, atMs * MS, wire);
  }

  @Test
  void wholeWhenTheMarkerWasTakenAndAllThatLayThereIsRead() throws IOException {
    assertThat(advance(0, 1)).isNull();
    wire.unsent = OptionalInt.of(0);
    dump.canary(CANARY);
    assertThat(advance(40, 2)).isNull();
    assertThat(wire.marks).isEqualTo(1);
    assertThat(advance(40, 3)).isNull();
    wire.unsent = OptionalInt.of(0);
    wire.unread = OptionalInt.of(60);
    assertThat(advance(0, 4)).isNull();
    assertThat(advance(59, 5)).isNull();
    Dump done = advance(1, 6);
    assertThat(done).isEqualTo(new Dump(7, Dump.End.MARKER, Dump.Liveness.LIVE, 6 * MS));
    assertThat(done.proves()).isTrue();
  }

  @Test
  void whileNothingOfItCame_theMarkerWaitsSoThatNoReadTakesBoth() throws IOException {
    wire.unsent = OptionalInt.of(0);
    assertThat(advance(0, 10)).isNull();
    assertThat(advance(0, 14)).isNull();
    assertThat(wire.marks).isZero();
    assertThat(advance(0, 15)).isNull();
    assertThat(wire.marks).isEqualTo(1);
  }

  @Test
  void whileASinkSends_theMarkerIsTriedAgain() throws IOException {
    wire.unsent = OptionalInt.of(0);
    wire.busy = true;
    dump.canary(CANARY);
    assertThat(advance(0, 1)).isNull();
    wire.busy = false;
    assertThat(advance(0, 2)).isNull();
    assertThat(wire.marks).isEqualTo(1);
  }

  @Test
  void whatADyingProcessDidNotTakeIsNotTaken() throws IOException {
    dump.canary(CANARY);
    wire.unsent = OptionalInt.of(0);
    assertThat(advance(0, 1)).isNull();
    wire.unsent = OptionalInt.of(0);
    wire.gone = true;
    assertThat(advance(0, 2)).isNull();
    assertThat(advance(0, 1_000_000)).isNull();
  }

  @Test
  void silenceIsDeafness() throws IOException {
    assertThat(afterAll().liveness()).isEqualTo(Dump.Liveness.DEAF);
  }

  @Test
  void withoutItsCanaryADumpOfSomethingProvesNothing() throws IOException {
    dump.canary(OLDER);
    Dump done = afterAll();
    assertThat(done.liveness()).isEqualTo(Dump.Liveness.UNPROVEN);
    assertThat(done.proves()).isFalse();
  }

  private Dump afterAll() throws IOException {
    wire.unsent = OptionalInt.of(0);
    assertThat(advance(0, 0)).isNull();
    assertThat(advance(0, 6)).isNull();
    wire.unsent = OptionalInt.of(0);
    return advance(0, 7);
  }

  @Test
  void whereTheKernelTellsNothing_silenceEndsIt() throws IOException {
    wire.unsent = OptionalInt.empty();
    dump.canary(CANARY);
    assertThat(advance(10, 1)).isNull();
    assertThat(advance(10, 400)).isNull();
    assertThat(advance(0, 899)).isNull();
    assertThat(advance(0, 900))
        .isEqualTo(new Dump(7, Dump.End.QUIET, Dump.Liveness.LIVE, 900 * MS));
  }
}
