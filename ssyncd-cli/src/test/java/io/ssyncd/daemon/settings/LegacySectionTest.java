package io.ssyncd.daemon.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegacySectionTest {
  @TempDir Path dir;

  private Settings read(String lines) throws IOException, SettingsException {
    Path file =
        Files.writeString(
            dir.resolve("ssyncd.conf"),
            """
            ssyncd {
              node = lb1
              cluster {
                members { lb1 { address = "127.0.0.1:7777" }, lb2 { address = "127.0.0.2:7777" } }
                tls { enabled = false }
              }
              %s
            }
            """
                .formatted(lines));
    return SettingsFile.read(file);
  }

  private void refuses(String lines, String... words) {
    assertThatThrownBy(() -> read(lines))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e -> assertThat(String.join("\n", e.problems())).contains(words));
  }

  @Test
  void nothingIsServedUnlessItIsAskedFor() throws Exception {
    assertThat(read("").legacy()).isEqualTo(Settings.Legacy.NONE);
  }

  @Test
  void oldBackupsAreNamedAndThatTheyHearPlainTextIsSaid() throws Exception {
    Settings settings =
        read("legacy { listen = \"127.0.0.1:7779\", allow = [\"10.0.0.2\", \"10.1.0.0/16\"] }");
    assertThat(settings.legacy().listen().orElseThrow().getPort()).isEqualTo(7779);
    assertThat(settings.legacy().allow()).hasSize(2);
    assertThat(settings.warnings()).extracting(w -> w.code()).contains("old-backups");
  }

  @Test
  void theOldToolsSocketIsAnAbsolutePath() throws Exception {
    assertThat(read("control.legacy-socket = /tmp/ssyncd_path").legacy().socket())
        .contains(Path.of("/tmp/ssyncd_path"));
    refuses("control.legacy-socket = ssyncd_path", "control.legacy-socket", "absolute");
  }

  @Test
  void theClustersPortNobodyAndEverybodyAreRefused() {
    refuses(
        "legacy { listen = \"127.0.0.9:7777\", allow = [\"10.0.0.2\"] }",
        "legacy.listen",
        "a port of its own");
    refuses("legacy { listen = \"127.0.0.1:7779\" }", "legacy.allow", "is missing");
    refuses(
        "legacy { listen = \"127.0.0.1:7779\", allow = [\"0.0.0.0/0\"] }",
        "legacy.allow",
        "not everybody");
    refuses("legacy { allow = [\"10.0.0.2\"] }", "legacy.listen", "is missing");
    refuses("legacy { listen = here, allow = [\"10.0.0.2\"] }", "legacy.listen", "host:port");
    refuses(
        "legacy { listen = \"127.0.0.1:7779\", allow = [\"10.0.0.2\"], alow = 1 }",
        "legacy.alow",
        "did you mean allow");
  }
}
