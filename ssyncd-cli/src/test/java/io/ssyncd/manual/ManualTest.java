package io.ssyncd.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.daemon.settings.Setting;
import io.ssyncd.daemon.settings.SettingsReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that man(1) shows without a word, completions that the shells take. */
class ManualTest {
  private static final Map<String, String> FILES = new Manual("2026-01-01").files();

  @TempDir Path dir;

  @Test
  void everyVerbAndEveryKeyHasItsPlace() {
    String tool = file("man/man1/ssyncdctl.1");
    for (List<String> verbs : io.ssyncd.ctl.Main.topics().values()) {
      for (String verb : verbs) {
        assertThat(tool).contains("\\fBssyncdctl " + verb);
      }
    }
    String conf = file("man/man5/ssyncd.conf.5");
    for (Setting setting : SettingsReference.all()) {
      assertThat(conf).contains("\\fB" + setting.path().replace("-", "\\-") + "\\fR");
    }
    assertThat(file("man/man8/ssyncd.8")).contains("\\fBssyncd tls init", "\\-\\-check");
  }

  @Test
  void nothingOfThisHostIsInThem() {
    FILES.forEach(
        (name, text) -> {
          assertThat(text).as(name).doesNotContain(System.getProperty("user.dir"));
          if (!name.startsWith("bash")) {
            assertThat(text).as(name).doesNotContain("${");
          }
        });
  }

  /** man breaks no line of an example: those of 80 columns and more ran out of the terminal. */
  @Test
  void examplesFitIntoATerminal() {
    for (String name : List.of("man/man1/ssyncdctl.1", "man/man8/ssyncd.8")) {
      boolean example = false;
      for (String line : file(name).lines().toList()) {
        example = line.equals(".EX") || (example && !line.equals(".EE"));
        if (example) {
          String shown = line.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\");
          assertThat(shown.length()).as(line).isLessThanOrEqualTo(CommandPage.EXAMPLE_WIDTH);
        }
      }
    }
  }

  @Test
  void manShowsThemWithoutAWarning() throws Exception {
    assumeTrue(has("man"), "no man here");
    for (String name : FILES.keySet()) {
      if (name.startsWith("man/")) {
        Path page = written(name);
        assertThat(
                run(
                    "sh",
                    "-c",
                    "man --warnings -E UTF-8 -l \"$1\" >/dev/null",
                    "sh",
                    page.toString()))
            .as(name)
            .isEmpty();
      }
    }
  }

  @Test
  void mandocFindsNothing() throws Exception {
    assumeTrue(has("mandoc"), "no mandoc here");
    for (String name : FILES.keySet()) {
      if (name.startsWith("man/")) {
        assertThat(run("mandoc", "-T", "lint", "-W", "warning", written(name).toString()))
            .as(name)
            .isEmpty();
      }
    }
  }

  @Test
  void theShellsTakeTheCompletions() throws Exception {
    for (String shell : List.of("bash", "zsh")) {
      if (has(shell)) {
        for (String name : FILES.keySet()) {
          if (name.startsWith(shell)) {
            assertThat(run(shell, "-n", written(name).toString())).as(name).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void bashCompletesAVerb() throws Exception {
    assumeTrue(has("bash"), "no bash here");
    Path script = written("bash-completion/completions/ssyncdctl");
    String offered =
        run(
            "bash",
            "-c",
            ". "
                + script
                + "; COMP_WORDS=(ssyncdctl sta); COMP_CWORD=1; _complete_ssyncdctl 2>/dev/null;"
                + " echo ${COMPREPLY[@]}");
    assertThat(offered.strip().split("\\s+")).contains("status", "start");
  }

  private static String file(String name) {
    return FILES.getOrDefault(name, "");
  }

  private Path written(String name) throws IOException {
    Path file = dir.resolve(name.replace('/', '_'));
    return Files.writeString(file, file(name));
  }

  private static boolean has(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static String run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out;
  }
}
