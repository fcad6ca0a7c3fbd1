package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.SessionType;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Host;
import io.ssyncd.testkit.NetworkNamespace;
import io.ssyncd.testkit.StandInPound;
import io.ssyncd.testkit.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The conversation that was captured from the original daemon and its tool, held once more with
 * ours: same commands, same farm and session, same bytes on standard output. The table of it is in
 * docs/old-commands.md.
 */
class OldCommandsTest {
  private static final Pattern LINE =
      Pattern.compile("(\\S.*?)\\s+req=.* resp='.*' rc=(\\d+) stdout='(.*)'");
  private static final Path DOCUMENT = Path.of("../docs/old-commands.md");
  private static final String BEGIN = "<!-- checked by OldCommandsTest -->\n";
  private static final String END = "<!-- end -->\n";

  /** Ten years: the captured session is of a day that is past. */
  private static final int TTL_SECONDS = 315_360_000;

  private static final String LAST_ACCESS = "1795230000";

  @TempDir static Path dir;
  private static NetworkNamespace kernel;
  private static PairHost host;

  private record Exchange(String words, int exit, String out) {}

  @BeforeAll
  static void start() throws Exception {
    String address = Host.onLoopback(1).get(0).address();
    if (NetworkNamespace.allowed()) {
      kernel = NetworkNamespace.create(); // what is cleared are its tables, not this machine's
      host = PairHost.apart(dir.resolve("a"), kernel.name());
    } else {
      host = PairHost.here(dir.resolve("a"));
    }
    Farm.Service service =
        new Farm.Service(
            "s0",
            SessionType.HEADER,
            "X-Session",
            TTL_SECONDS,
            List.of(Farm.Backend.of("10.0.0.1", 80)));
    Farm farm = new Farm("f1", List.of(new Farm.Listener("127.0.0.1", 0, List.of(service))));
    StandInPound pound = host.pound(farm, "--clock", LAST_ACCESS);
    pound.command("add 0/0 alpha 0");
    List<String> args = new ArrayList<>(List.of("-M", "--bind", address));
    args.addAll(List.of(host.poundFlags()));
    host.start(args.toArray(String[]::new)).ok();
  }

  @AfterAll
  static void stop() throws Exception {
    host.close();
    if (kernel != null) {
      kernel.close();
    }
  }

  private static List<Exchange> captured() throws IOException {
    List<Exchange> all = new ArrayList<>();
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/40_ctl_protocol.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        Matcher captured = LINE.matcher(line);
        assertThat(captured.matches()).as(line).isTrue();
        all.add(
            new Exchange(
                captured.group(1),
                Integer.parseInt(captured.group(2)),
                captured.group(3).replace("\\n", "\n").replace("\\t", "\t")));
      }
    }
    assertThat(all).hasSize(14);
    return all;
  }

  @Test
  void everyCapturedCommandPrintsWhatItAlwaysDid() throws Exception {
    List<Exchange> old = captured();
    List<Exchange> ours = new ArrayList<>();
    for (Exchange each : old) {
      Command.Result answer = host.ctl(each.words().split(" "));
      ours.add(new Exchange(each.words(), answer.exit(), answer.out()));
      if (each.words().equals("start http f1")) {
        host.await("the session", () -> host.sessions("f1") == 1);
      }
    }

    assertThat(ours).isEqualTo(old);
    assertThat(documented(old, ours)).isEqualTo(table(old, ours));
  }

  /** As the document has it; with -Dssyncd.write-docs the document is written instead. */
  private static String documented(List<Exchange> old, List<Exchange> ours) throws IOException {
    String document = Files.readString(DOCUMENT);
    int from = document.indexOf(BEGIN) + BEGIN.length();
    int to = document.indexOf(END);
    if (Boolean.getBoolean("ssyncd.write-docs")) {
      Files.writeString(
          DOCUMENT, document.substring(0, from) + table(old, ours) + document.substring(to));
      return table(old, ours);
    }
    return document.substring(from, to);
  }

  private static String table(List<Exchange> old, List<Exchange> ours) {
    StringBuilder text =
        new StringBuilder("| `ssyncdctl` | old output, exit | new output, exit |\n|---|---|---|\n");
    for (int i = 0; i < old.size(); i++) {
      text.append("| `").append(old.get(i).words()).append("` | ");
      text.append(cell(old.get(i))).append(" | ").append(cell(ours.get(i))).append(" |\n");
    }
    return text.toString();
  }

  private static String cell(Exchange one) {
    String shown = one.out().replace("\n", "\\n").replace("\t", "\\t");
    return (shown.isEmpty() ? "nothing" : "`" + shown + "`") + ", " + one.exit();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-verb|64",
        "switch master port|64",
        "switch backup address 10.0.0.1|64",
        "switch master port 9999999|64",
        "stop http nowhere|65",
        "write recent table nowhere|65",
        "clear recent table nowhere|65",
      })
  void errorsGoToStandardErrorAndIntoTheExitCode(String words, int exit) {
    Command.Result answer = host.ctl(words.split(" "));
    assertThat(answer.exit()).isEqualTo(exit);
    assertThat(answer.out()).doesNotContain("correclty").doesNotContain("removed");
    assertThat(answer.err()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({"switch master", "switch master port 9999"})
  void aMasterThatIsToBeMasterIsThat(String words) {
    assertThat(host.ctl(words.split(" ")).ok().out()).isEmpty();
    assertThat(host.ctl("show", "mode").ok().out()).isEqualTo("master\n");
  }
}
