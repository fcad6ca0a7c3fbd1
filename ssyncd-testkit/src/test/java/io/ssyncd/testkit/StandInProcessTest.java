package io.ssyncd.testkit;

import static io.ssyncd.testkit.PoundProcess.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandInProcessTest {
  @Test
  void deathHaltsTheProcessAsASegmentationFaultWould(@TempDir Path directory) throws IOException {
    try (StandInPound pound = PoundProcess.standIn(directory, Fixture.farm());
        SyncClient client = SyncClient.connect(pound.socket())) {
      client.send(Vectors.bytes("35"));

      Awaitility.await().until(() -> !pound.alive());
      assertThat(pound.exitStatus()).isEqualTo(Main.DEATH_STATUS);
      assertThat(pound.log()).contains("dead: WRITE for service 9");
      assertThatThrownBy(pound::count).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFarmNameOf27BytesIsDeathAtTheStart(@TempDir Path directory) throws Exception {
    Farm farm = Fixture.farm();
    assertThatThrownBy(
            () ->
                PoundProcess.standIn(
                    directory, new Farm("f".repeat(27), farm.listeners(), farm.globals())))
        .hasMessageContaining("farm name of 27");
    PoundProcess.standIn(directory, new Farm("f".repeat(26), farm.listeners())).close();
  }

  @Test
  void commandsAreAnsweredByOneLine(@TempDir Path directory) throws IOException {
    try (StandInPound pound =
        StandInPound.start(directory, Fixture.farm(), "--clock", "1900000000")) {
      pound.add(0, 3, key("a"), 1);
      pound.request(1, 1, key("b"));
      assertThat(pound.count()).isEqualTo(2);
      assertThat(pound.commandLines("dump")).contains("0 3 1 61 127.0.0.1 1900000000").hasSize(3);
      String digest = pound.digest();
      pound.command("clock +1");
      assertThat(pound.command("touch 0/3 a")).isEmpty();
      assertThat(pound.digest()).isNotEqualTo(digest);
      assertThatThrownBy(() -> pound.command("touch 0/3 x")).hasMessageContaining("no such");
      assertThatThrownBy(() -> pound.command("add 0/9 x 0")).hasMessageContaining("no service");
      assertThatThrownBy(() -> pound.command("add 0/3 x 7")).hasMessageContaining("no backend");
      assertThatThrownBy(() -> pound.command("add 0/3")).hasMessageContaining("too few");
      assertThatThrownBy(() -> pound.command("nonsense")).hasMessageContaining("unknown");
      assertThat(pound.command("killbackend 0 3 1")).isEqualTo("1");
      pound.command("rate 1000 1 r");
      assertThat(pound.command("wait")).isEqualTo("1000");
      assertThat(pound.count()).isEqualTo(1001);
      assertThat(pound.stat("deaf")).isEqualTo("false");
      pound.command("restart-worker");
      assertThat(pound.count()).isZero();
    }
  }

  @Test
  void aStalledReceiverLeavesConnectionsInTheBacklog(@TempDir Path directory) throws IOException {
    try (StandInPound pound = PoundProcess.standIn(directory, Fixture.farm())) {
      pound.command("stall");
      try (SyncClient client = SyncClient.connect(pound.socket())) {
        client.send(Vectors.bytes("32"));
        assertThat(pound.stat("connections")).isEqualTo("0");
        pound.command("resume");
        Awaitility.await().until(() -> pound.count() == 1);
      }
    }
  }

  @Test
  void hundredThousandSessionsAreDumpedWhole(@TempDir Path directory) throws IOException {
    try (StandInPound pound = PoundProcess.standIn(directory, Fixture.farm());
        SyncClient client = SyncClient.connect(pound.socket())) {
      pound.traffic(100_000, "many-");

      assertThat(client.dump(Fixture.FARM, 100_000, Duration.ofSeconds(60), Duration.ofMillis(200)))
          .hasSize(100_000);
      assertThat(pound.stat("sent")).isEqualTo("100000");
    }
  }
}
