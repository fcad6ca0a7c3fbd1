package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.ControlSocket;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard output, byte for byte as the original tool printed it (captured conversation 40). */
class OldTextsTest {
  private static final Pattern CAPTURED = Pattern.compile("rc=(\\d+) stdout='(.*)'$");

  @TempDir Path dir;

  @Test
  void startHttpSaysThatTheServiceStartsTheFirstTime() throws Exception {
    assertThat(stdout((request, reply) -> reply.result(0, first(true)), "start", "http", "f1"))
        .isEqualTo(captured("start http f1", 0));
    assertThat(stdout((request, reply) -> reply.result(0, first(false)), "start", "http", "f2"))
        .isEqualTo("http farm added\n");
  }

  @Test
  void showHttp() throws Exception {
    ObjectNode item =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", "http")
            .put("scope", "f1")
            .put("listener", 0)
            .put("service", 0)
            .put("key", "alpha")
            .put("backend", 0)
            .put("address", "10.0.0.1")
            .put("lastAccessMs", 1795230000_000L);
    assertThat(
            stdout(
                (request, reply) -> {
                  reply.item(item);
                  reply.result(0, empty());
                },
                "show",
                "http"))
        .isEqualTo(captured("show http", 0));
  }

  @Test
  void aKeyOfAnyBytesIsShownByteForByte() throws Exception {
    ObjectNode item =
        JsonNodeFactory.instance
            .objectNode()
            .put("scope", "f1")
            .put("key", new String(new byte[] {(byte) 0xc3, (byte) 0xff, 'z'}, "ISO-8859-1"))
            .put("address", "10.0.0.1");
    assertThat(
            stdout(
                (request, reply) -> {
                  reply.item(item);
                  reply.result(0, empty());
                },
                "show",
                "http"))
        .contains("Session: \u00c3\u00ffz [ 0 ] >> 10.0.0.1\n");
  }

  @Test
  void countHttp() throws Exception {
    ObjectNode item = JsonNodeFactory.instance.objectNode().put("scope", "f1");
    item.putArray("services").addObject().put("listener", 0).put("service", 0).put("count", 1);
    assertThat(
            stdout(
                (request, reply) -> {
                  reply.item(item);
                  reply.result(0, empty());
                },
                "count",
                "http"))
        .isEqualTo(captured("count http", 0));
  }

  @Test
  void showMode() throws Exception {
    assertThat(
            stdout(
                (request, reply) -> reply.result(0, empty().put("mode", "master")), "show", "mode"))
        .isEqualTo(captured("show mode", 0));
  }

  @Test
  void verbsThatAnswerNothing() throws Exception {
    Requests done = (request, reply) -> reply.result(0, first(true));
    assertThat(stdout(done, "start", "recent")).isEqualTo(captured("start recent", 0));
    assertThat(stdout(done, "clear", "http", "--yes")).isEqualTo(captured("clear http", 0));
    assertThat(stdout(done, "clear", "recent", "--yes")).isEqualTo(captured("clear recent", 0));
    assertThat(stdout(done, "show", "recent")).isEqualTo(captured("show recent", 0));
    assertThat(stdout(done, "count", "recent")).isEqualTo(captured("count recent", 0));
    assertThat(stdout(done, "quit")).isEmpty();
  }

  @Test
  void stop() throws Exception {
    Requests ran = (request, reply) -> reply.result(0, first(false));
    Requests none = (request, reply) -> reply.result(0, first(true));
    assertThat(stdout(ran, "stop", "recent")).isEqualTo(captured("stop recent", 0));
    assertThat(stdout(none, "stop", "recent")).isEqualTo(captured("stop recent", 1));
    assertThat(stdout(ran, "stop", "http", "f1")).isEqualTo(captured("stop http f1", 0));
    assertThat(stdout(none, "stop", "http", "f1")).isEqualTo("http sync service not running\n\n");
  }

  @Test
  void aStartThatIsRefusedSaysSoAsTheOldToolDid() throws Exception {
    Requests refused = (request, reply) -> reply.error(Exit.TRY_AGAIN, "no majority");
    assertThat(stdout(refused, "start", "http", "f1"))
        .isEqualTo("error adding http farm listener\n");
    assertThat(stdout(refused, "start", "recent")).isEmpty();
    assertThat(stdout(refused, "-o", "json", "start", "http", "f1")).startsWith("{\"version\":1,");
  }

  @Test
  void write() throws Exception {
    Requests good = (request, reply) -> reply.result(0, empty().put("result", "ok"));
    Requests bad = (request, reply) -> reply.result(Exit.REFUSED, empty().put("result", "refused"));
    assertThat(stdout(good, "write", "http")).isEqualTo(captured("write http", 0));
    assertThat(stdout(good, "write", "recent")).isEqualTo(captured("write recent", 0));
    assertThat(stdout(bad, "write", "http")).isEqualTo("error writing http session data\n");
    assertThat(stdout(bad, "write", "recent", "table", "T"))
        .isEqualTo("writing dataerror writing recent data\n");
  }

  /** A node that is behind wrote all that it knows, and that is not all there is. */
  @Test
  void aWriteOfANodeThatIsBehindIsNotCalledCorrect() throws Exception {
    ObjectNode behind = empty().put("result", "partial");
    behind.putArray("errors").add("not all that this node knew: it holds entry 5");
    Requests partial = (request, reply) -> reply.result(Exit.REFUSED, behind);
    assertThat(stdout(partial, "write", "http", "--last-known"))
        .isEqualTo("error writing http session data\n");
    assertThat(stdout(partial, "write", "recent", "--last-known"))
        .isEqualTo("writing dataerror writing recent data\n");
  }

  @Test
  void aDryRunIsNotCalledWritten() throws Exception {
    Requests dry =
        (request, reply) -> reply.result(0, empty().put("result", "ok").put("dryRun", true));
    assertThat(stdout(dry, "write", "all", "--dry-run")).isEmpty();
  }

  @Test
  void whatOneKindLacksIsNoFaultOfTheOther() throws Exception {
    ObjectNode half = empty().put("result", "partial");
    half.putArray("errors").add("http f1: nobody listens");
    assertThat(stdout((request, reply) -> reply.result(Exit.REFUSED, half), "write", "all"))
        .isEqualTo("error writing http session data\nwriting datarecent data written correclty\n");
  }

  @Test
  void errorsGoToStandardErrorAndIntoTheExitCode() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String socket = dir.resolve("absent.sock").toString();
    assertThat(run(out, err, "--socket", socket, "write", "http")).isEqualTo(Exit.ABSENT);
    assertThat(run(out, err, "--socket", socket, "status")).isEqualTo(Exit.NOT_RUNNING);
    assertThat(run(out, err, "no-such-verb")).isEqualTo(Exit.USAGE);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not running here");

    assertThat(run(out, err, "--socket", socket, "-o", "json", "status"))
        .isEqualTo(Exit.NOT_RUNNING);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"version\":1,\"error\":\"not-running\"}\n");
  }

  /** A script that reads {@code .health} found no word where the daemon was down. */
  @Test
  void healthHasItsWordInJsonWithoutADaemonToo() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String socket = dir.resolve("absent.sock").toString();

    assertThat(run(out, new ByteArrayOutputStream(), "--socket", socket, "-o", "json", "health"))
        .isEqualTo(Exit.NOT_RUNNING);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"version\":1,\"health\":\"not-running\",\"error\":\"not-running\","
                + "\"warnings\":[]}\n");
  }

  @Test
  void oneTableIsShownCountedWrittenAndClearedByTheSameWords() throws Exception {
    for (String verb : List.of("show", "count", "clear", "write")) {
      List<String> asked = new ArrayList<>();
      Requests daemon =
          (request, reply) -> {
            asked.add(request.path("scope").asText());
            reply.result(Exit.OK, empty().put("result", "ok"));
          };
      stdout(daemon, verb, "recent", "table", "T1");
      stdout(daemon, verb, "recent", "T1");
      stdout(daemon, verb, "http", "f1");
      assertThat(asked).as(verb).containsExactly("T1", "T1", "f1");
    }
  }

  /** With sudo it would be a file that the caller may not read. */
  @Test
  void argumentsThatBeginWithAnAtSignAreNoFiles() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "root:hash\n");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = run(new ByteArrayOutputStream(), err, "show", "http", "f1", "@" + secret);
    assertThat(exit).isEqualTo(Exit.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("root:hash");
  }

  private String stdout(Requests daemon, String... verb) throws IOException {
    Path path = dir.resolve("s.sock");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ControlSocket socket =
        new ControlSocket(
            path, PosixFilePermissions.fromString("rw-------"), Optional.empty(), daemon)) {
      socket.start();
      String[] args = new String[verb.length + 2];
      args[0] = "--socket";
      args[1] = path.toString();
      System.arraycopy(verb, 0, args, 2, verb.length);
      run(out, new ByteArrayOutputStream(), args);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static int run(ByteArrayOutputStream out, ByteArrayOutputStream err, String... args) {
    return Main.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private static ObjectNode first(boolean first) {
    return empty().put("first", first);
  }

  private static ObjectNode empty() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** The captured standard output of the n-th call of a verb. */
  private static String captured(String verb, int n) throws IOException {
    try (InputStream in = OldTextsTest.class.getResourceAsStream("/vectors/40_ctl_protocol.txt")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      String line =
          all.lines().filter(l -> l.startsWith(verb + " ")).skip(n).findFirst().orElseThrow();
      Matcher captured = CAPTURED.matcher(line);
      assertThat(captured.find()).isTrue();
      return captured.group(2).replace("\\n", "\n").replace("\\t", "\t");
    }
  }
}
