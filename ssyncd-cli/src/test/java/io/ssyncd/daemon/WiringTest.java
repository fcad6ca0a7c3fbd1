package io.ssyncd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file says reaches those whom it concerns. */
class WiringTest {
  @TempDir Path dir;

  @Test
  void whatIsSaidOfHttpReachesTheLink() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("ssyncd.conf"),
            """
            ssyncd {
              node = lb1
              cluster {
                tls { enabled = false }
                members { lb1 { address = "127.0.0.1:7777" } }
              }
              http {
                socket-dir = /run/pound, user = nobody, max-sessions = 7
                delete-hold = 3 s, dump-quiet = 80 ms
                thinning { least = 4 s, fraction = 10 }
              }
            }
            """);

    PoundLinkConfig link = Wiring.link(SettingsFile.read(file), "f1");

    assertThat(link.socket()).isEqualTo(Path.of("/run/pound/ssync_f1.socket"));
    assertThat(link.user()).contains("nobody");
    assertThat(link.maxSessions()).isEqualTo(7);
    assertThat(link.deleteHold()).isEqualTo(Duration.ofSeconds(3));
    assertThat(link.dumpQuiet()).isEqualTo(Duration.ofMillis(80));
    assertThat(link.thinning().intervalMs(300_000)).isEqualTo(30_000);
    assertThat(link.thinning().intervalMs(10_000)).isEqualTo(4_000);
  }
}
