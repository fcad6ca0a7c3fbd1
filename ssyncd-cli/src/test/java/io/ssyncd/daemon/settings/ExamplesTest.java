package io.ssyncd.daemon.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.tls.Authority;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.session.Feed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples under deploy/ are what people copy: they have to work as they stand, once there are
 * certificates in /etc/ssyncd.
 */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "deploy", "examples");

  @TempDir static Path etc;

  @BeforeAll
  static void makeCertificates() throws IOException {
    Authority.create(etc, "prod").issue("lb1", 825, etc);
  }

  private static Settings read(Path example) throws Exception {
    Path copy = etc.resolve(example.getFileName());
    String text = Files.readString(example);
    assertThat(text).contains("certificate = /etc/ssyncd/");
    Files.writeString(copy, text.replace(" /etc/ssyncd/", " " + etc + "/"));
    return SettingsFile.read(copy);
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".conf")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsFineAsItStands(Path example) throws Exception {
    Settings settings = read(example);
    assertThat(settings.node().log().members()).hasSize(3);
    assertThat(settings.node().feeds()).contains(Feed.farm("shop"), Feed.RECENT);
    assertThat(settings.node().promotion().vip()).hasSize(1);
  }

  @Test
  void theWitnessIsOne() throws Exception {
    Settings settings = read(EXAMPLES.resolve("two-balancers-and-a-witness.conf"));
    assertThat(settings.node().log().members().get("w1").witness()).isTrue();
  }

  /** What deploy/keepalived says in its comments, over an example. */
  @ParameterizedTest
  @CsvSource({"vip-follows-leader.conf, false", "leadership-follows-vip.conf, true"})
  void whatTheExamplesOfKeepalivedSayOfSsyncdIsFine(String file, boolean leadershipFollows)
      throws Exception {
    Path keepalived = Path.of("..", "deploy", "keepalived", file);
    String promotion =
        Files.readAllLines(keepalived).stream()
            .dropWhile(line -> !line.equals("#   promotion {"))
            .takeWhile(line -> line.startsWith("#   "))
            .map(line -> line.substring(1))
            .collect(Collectors.joining("\n"));
    Path both = etc.resolve(file);
    Files.writeString(
        both,
        Files.readString(EXAMPLES.resolve("three-balancers.conf"))
                .replace(" /etc/ssyncd/", " " + etc + "/")
            + "\nssyncd {\n"
            + promotion
            + "\n}\n");

    NodeConfig.Following following = SettingsFile.read(both).node().promotion().following();

    assertThat(following.leadership()).isEqualTo(leadershipFollows);
    assertThat(following.notifyFifo()).contains(Path.of("/run/ssyncd/keepalived.fifo"));
    assertThat(Files.readString(keepalived))
        .contains("vrrp_notify_fifo /run/ssyncd/keepalived.fifo");
  }
}
