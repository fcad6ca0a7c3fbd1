package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.testkit.Distribution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes with which {@code ssyncdctl} starts: used where it fits, never missed. */
class ClassArchiveTest {
  @TempDir Path dir;
  private Path home;

  @BeforeEach
  void install() throws Exception {
    home = dir.resolve("installed");
    run(List.of("cp", "-r", Distribution.built().home().toString(), home.toString()), 0);
  }

  @Test
  void anInstallationGetsAnArchiveOfItsOwnJava() throws Exception {
    assertThat(archives()).as("that of the build came along, and is of its place").isNotEmpty();
    run(List.of("sh", home.resolve("lib/archive.sh").toString()), 0);
    assertThat(askedOf("io.ssyncd.ctl.Main")).contains("shared objects file");
    try (Stream<Path> files = Files.list(home.resolve("lib/cds"))) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("making"));
    }
  }

  /** With JDK 25 it crashed where the head of the archive was damaged. */
  @Test
  void withoutAnArchiveOrWithADamagedOneItAnswersAsEver() throws Exception {
    run(List.of("sh", home.resolve("lib/archive.sh").toString()), 0);
    for (double at : new double[] {0.00001, 0.5}) {
      for (Path archive : archives()) {
        byte[] bytes = Files.readAllBytes(archive);
        bytes[(int) (bytes.length * at)] ^= 0x5a;
        Files.write(archive, bytes);
      }
      answersAsEver();
    }
    for (Path archive : archives()) {
      Files.write(archive, new byte[10]);
    }
    answersAsEver();
    for (Path archive : archives()) {
      Files.delete(archive);
    }
    answersAsEver();
  }

  @Test
  @Tag("long")
  void theFirstOneWhoMayWriteMakesIt() throws Exception {
    run(List.of("rm", "-r", home.resolve("lib/cds").toString()), 0);
    answersAsEver();
    await().atMost(Duration.ofSeconds(90)).until(() -> !archives().isEmpty());
    answersAsEver();
  }

  private void answersAsEver() throws Exception {
    assertThat(finish(builder(), 0)).matches("ssyncd \\d\\S+\n");
  }

  /** What the JVM says of where it took a class from. */
  private String askedOf(String type) throws Exception {
    Path log = dir.resolve("classes");
    ProcessBuilder builder = builder();
    builder.environment().put("SSYNCDCTL_JAVA_OPTS", "-Xlog:class+load:file=" + log);
    finish(builder, 0);
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(type)).findFirst().orElse("");
    }
  }

  private List<Path> archives() throws IOException {
    if (!Files.isDirectory(home.resolve("lib/cds"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(home.resolve("lib/cds"))) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  private ProcessBuilder builder() {
    return new ProcessBuilder(home.resolve("bin/ssyncdctl").toString(), "--version");
  }

  private void run(List<String> command, int exit) throws Exception {
    finish(new ProcessBuilder(command), exit);
  }

  private static String finish(ProcessBuilder builder, int exit) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isEqualTo(exit);
    return out;
  }
}
