package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final int PUTS = 7;
  private static final Scope FARM = Scope.farm("f1");

  @Test
  void readersSeeWholeBatchesOnly() throws Exception {
    Rig rig = Rig.opened();
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(1);
    CompletableFuture<Integer> reads =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              while (!done.get()) {
                assertThat(rig.table.records(FARM).size() % PUTS).isZero();
                assertThat(rig.table.counts().getOrDefault(FARM, 0) % PUTS).isZero();
                assertThat(rig.table.digest()).hasSize(16);
                count++;
                reading.countDown();
              }
              return count;
            });
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
    for (int batch = 0; batch < 500; batch++) {
      List<Mutation> puts = new ArrayList<>();
      for (int i = 0; i < PUTS; i++) {
        Bytes key = Bytes.utf8(batch + "." + i);
        puts.add(new Mutation.Put(new HttpSession(new HttpKey("f1", 0, 0, key), 0, key, 0)));
      }
      rig.apply(puts);
    }
    done.set(true);
    assertThat(reads.get()).isPositive();
    assertThat(rig.table.records(FARM)).hasSize(500 * PUTS);
  }
}
