package io.ssyncd.sink.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators clear and purge, of two tables with a row of the same address. */
class ErasureTest {
  private final FakeKernel kernel = new FakeKernel(Command.STOCK);
  private final RecentSink sink = new RecentSink(new KernelTables(RecentConfig.defaults(), kernel));

  @BeforeEach
  void fill() {
    for (String table : List.of("T", "U")) {
      kernel.table(table);
      kernel.packet(table, v4(1), 1);
    }
  }

  private static RecentAddress v4(int host) {
    return new RecentAddress(false, 0, 0x0A00_0000L + host);
  }

  private void whileTIsOpen(Runnable what) {
    kernel.afterRead =
        table -> {
          if (table.equals("T")) {
            kernel.afterRead = other -> {};
            what.run();
          }
        };
  }

  private int purge() throws Exception {
    return sink.forget(
        Set.of(new RecentKey("T", v4(1).toBytes()), new RecentKey("U", v4(1).toBytes())));
  }

  @Test
  void clearingEmptiesTheTablesThatAreNamed() throws Exception {
    List<String> cleared = new ArrayList<>();

    assertThat(sink.clear(Set.of(Scope.table("T")), cleared::add))
        .containsEntry(Scope.table("T"), 1)
        .hasSize(1);
    assertThat(kernel.rows("T")).isEmpty();
    assertThat(kernel.rows("U")).hasSize(1);
    assertThat(cleared).containsExactly("T");
  }

  /** The operator's word was not carried out at those behind it. */
  @Test
  void aTableThatGoesAwayWhileItIsClearedIsPassedOver() throws Exception {
    whileTIsOpen(() -> kernel.drop("T"));
    List<String> cleared = new ArrayList<>();

    assertThat(sink.clear(Set.of(), cleared::add))
        .doesNotContainKey(Scope.table("T"))
        .containsEntry(Scope.table("U"), 1);
    assertThat(kernel.rows("U")).isEmpty();
    assertThat(cleared).containsExactly("U");
  }

  @Test
  void aTableThatIsMadeAnewWhileItIsClearedIsClearedAsItIsNow() throws Exception {
    whileTIsOpen(
        () -> {
          kernel.table("T");
          kernel.packet("T", v4(2), 1);
          kernel.packet("T", v4(3), 1);
        });

    assertThat(sink.clear(Set.of(), name -> {}))
        .containsEntry(Scope.table("T"), 2)
        .containsEntry(Scope.table("U"), 1);
    assertThat(kernel.rows("T")).isEmpty();
  }

  @Test
  void aTableThatGoesAwayWhileItIsPurgedIsPassedOver() throws Exception {
    whileTIsOpen(() -> kernel.drop("T"));

    assertThat(purge()).isEqualTo(1);
    assertThat(kernel.rows("U")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTableThatCannotBeErasedIsNamedWhenTheOthersHadTheirTurn(boolean clear) {
    kernel.failing.put("T", 2);

    assertThatThrownBy(
            () -> {
              Object unused = clear ? sink.clear(Set.of(), name -> {}) : purge();
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table T cannot be " + (clear ? "emptied" : "purged"))
        .hasMessageContaining("Input/output error");
    assertThat(kernel.rows("U")).isEmpty();
  }
}
