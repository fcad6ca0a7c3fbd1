package io.ssyncd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every Pound says of sessions that have outlived their TTL. */
abstract class ExpiryContract extends PoundConformance {
  /** Two sweeps of the real one. */
  private static final Duration SWEEPS = Duration.ofSeconds(130);

  /** Makes the sweep come, where it does not come by itself. */
  abstract void sweep() throws IOException;

  @Test
  void theSweepDeletesWhatHasOutlivedItsTtlInTheCapturedBytes() throws IOException {
    SyncClient client = listen();
    byte[] captured = Vectors.bytes("28");
    long now = System.currentTimeMillis() / 1000;
    for (SyncFrame gone : SyncFrame.parse(captured)) {
      client.send(
          SyncFrame.write(FARM, 1, 1, gone.backend(), gone.keyText(), now - Fixture.SHORT - 2)
              .bytes());
    }
    client.send(SyncFrame.write(FARM, 1, 1, 0, "fresh", now + 1_000).bytes());
    client.send(SyncFrame.write(FARM, 0, 3, 1, "long TTL", now - 1_000).bytes());
    assertThat(dump(client, 5)).hasSize(5);

    sweep();

    assertThat(client.read(captured.length, SWEEPS)).isEqualTo(captured);
    assertThat(keys(dump(client, 2))).containsExactlyInAnyOrder("fresh", "long TTL");
  }
}
