package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code poundctl -X} of 2.8a.15 printed, byte for byte, and what stands in for the tool. */
class PoundctlTest {
  private static final String LIST =
      """
      <pound>
      <queue size="0"/>
      <listener index="0" protocol="http" address="127.0.0.1:18931" status="active">
      <service index="0" name="a" status="active">
      <backend index="0" key="4-7f000001-49f4" address="127.0.0.1:18932" avg="0.000" priority="5" \
      alive="yes" status="active" connections="0"/>
      <backend index="1" key="4-7f000001-49f5" address="127.0.0.1:18933" avg="0.000" priority="5" \
      alive="yes" status="DISABLED" connections="0"/>
      <session index="1" key="abc" backend="1" />
      <session index="2" key="q\\"u&<x>" backend="0" />
      </service>
      <service index="1">
      <backend index="0" key="4-7f000001-49f4" address="127.0.0.1:18932" avg="0.000" priority="5" \
      alive="yes" status="DISABLED" connections="0"/>
      <session index="0" key="\u00c3\u00a9\u00ff\u0001" backend="0" />
      </service>
      <service index="2" DISABLED>
      </service>
      </listener>
      <service index="0" name="global" status="active">
      <session index="0" key="nowhere" backend="0" />
      </service>
      </pound>
      """;

  @TempDir Path directory;
  private final List<String> heard = new ArrayList<>();

  private void hear(long listener, long service, io.ssyncd.session.Bytes key, long backend) {
    heard.add(listener + "/" + service + " " + key.latin1() + " " + backend);
  }

  private void read(String output) throws IOException {
    byte[] bytes = output.getBytes(StandardCharsets.ISO_8859_1);
    PoundctlOutput.read(new ByteArrayInputStream(bytes), 1 << 20, this::hear);
  }

  @Test
  void sessionsOfNumberedServicesAreReadWhateverTheirKeys() throws IOException {
    read(LIST);
    assertThat(heard)
        .containsExactly("0/0 abc 1", "0/0 q\"u&<x> 0", "0/1 \u00c3\u00a9\u00ff\u0001 0");
  }

  /** The bytes are printed as the tool prints them: quotes with a backslash, all else as it is. */
  @Test
  void keysAtRandomComeBackAsTheyWere() throws IOException {
    Random random = Seed.random();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> expected = new ArrayList<>();
    print(out, "<pound>\n<listener index=\"3\" protocol=\"http\">\n<service index=\"4\">\n");
    for (int i = 0; i < 2_000; i++) {
      StringBuilder key = new StringBuilder();
      int length = 1 + random.nextInt(39);
      for (int k = 0; k < length; k++) {
        boolean awkward = random.nextInt(3) == 0;
        key.append(awkward ? "\\\"&<>'\n=/ ".charAt(random.nextInt(10)) : any(random));
      }
      String text = key.toString().replace("/>\n", "/>_");
      expected.add("3/4 " + text + " " + i);
      String printed = text.replace("\"", "\\\"");
      print(out, "<session index=\"" + i + "\" key=\"" + printed + "\" backend=\"" + i + "\" />\n");
    }
    print(out, "</service>\n</listener>\n</pound>\n");

    PoundctlOutput.read(new ByteArrayInputStream(out.toByteArray()), 1 << 20, this::hear);

    assertThat(heard).isEqualTo(expected);
  }

  private static char any(Random random) {
    return (char) (1 + random.nextInt(255));
  }

  private static void print(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatIsNoListIsRefusedAndNotQuoted() {
    for (String output :
        List.of(
            "",
            "Requests in queue: 0\n",
            LIST.substring(0, LIST.length() - 30),
            "<pound>\n<session index=\"0\" key=\"secret\" backend=\"0\" />\n</pound>\n",
            LIST.replace("backend=\"1\" />", "backend=\"secret\" />"),
            "<!DOCTYPE pound SYSTEM \"file:///etc/passwd\">\n<pound>&x;</pound>\n")) {
      assertThatThrownBy(() -> read(output))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("its output")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void anOutputWithoutEndIsGivenUp() {
    byte[] endless = "<session ".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(
            () -> PoundctlOutput.read(new ByteArrayInputStream(endless), 1 << 20, this::hear))
        .hasMessageContaining("a line of more than");
    byte[] longOne =
        ("<pound>\n" + "<queue size=\"0\"/>\n".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(
            () -> PoundctlOutput.read(new ByteArrayInputStream(longOne), 1 << 20, this::hear))
        .hasMessageContaining("longer than 1048576 bytes");
  }

  private Poundctl tool(String script, Duration timeout) throws IOException {
    Path program = directory.resolve("poundctl");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new Poundctl(new PoundctlTool(program, directory.resolve("p $(x).ctl"), timeout), 1_000);
  }

  @Test
  void theToolIsRunAsItIsWithItsSocketAsOneArgument() throws Exception {
    Files.writeString(directory.resolve("list"), LIST, StandardCharsets.ISO_8859_1);
    tool(
            "printf '%s\\n' \"$@\" > " + directory + "/args; cat " + directory + "/list",
            Duration.ofSeconds(20))
        .list(this::hear);
    assertThat(heard).hasSize(3);
    assertThat(Files.readAllLines(directory.resolve("args")))
        .containsExactly("-X", "-t", "20", "-c", directory.resolve("p $(x).ctl").toString());
  }

  @Test
  void aToolThatFailsIsNamedWithWhatItSaid() throws Exception {
    Poundctl failing = tool("echo 'connect: No such file' >&2; exit 1", Duration.ofSeconds(20));
    assertThatThrownBy(() -> failing.list(this::hear))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("ended with 1: connect: No such file");
    Poundctl none =
        new Poundctl(new PoundctlTool(Path.of("/none"), Path.of("/s"), Duration.ofSeconds(1)), 1);
    assertThatThrownBy(() -> none.list(this::hear))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/none");
  }

  /** It was called "ended with 141": what we did to it, and not why. */
  @Test
  void aToolWhoseOutputWasGivenUpIsNotBlamedForItsEnd() throws Exception {
    Poundctl endless = tool("yes '<session '", Duration.ofSeconds(20));
    assertThatThrownBy(() -> endless.list(this::hear))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its output")
        .hasMessageNotContaining("141");
  }

  /** It left its parent, and held the output open: it and a thread stayed for good. */
  @Test
  @Timeout(60)
  void whatOutlivesTheToolIsKilledToo() throws Exception {
    Poundctl tool =
        tool("setsid sleep 600 & echo $! > " + directory + "/pid; exit 0", Duration.ofMillis(500));
    // Once its first process is gone the JVM may give its output up, or wait for the other end.
    assertThatThrownBy(() -> tool.list(this::hear)).isInstanceOf(IOException.class);
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    while (PeerProcess.running(pid).isPresent()) {
      Thread.onSpinWait();
    }
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("poundctl"))) {
      Thread.onSpinWait();
    }
  }

  /** The daemon is root. */
  @Test
  void aToolThatEverybodyCanChangeIsNotRun() throws Exception {
    Poundctl tool = tool("touch " + directory + "/run", Duration.ofSeconds(20));
    Files.setPosixFilePermissions(
        directory.resolve("poundctl"), PosixFilePermissions.fromString("rwx---rwx"));
    assertThatThrownBy(() -> tool.list(this::hear))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be changed by everybody");
    assertThat(directory.resolve("run")).doesNotExist();
  }

  /** Its child keeps the output open. */
  @Test
  @Timeout(60)
  void aToolThatHangsIsKilled() throws Exception {
    Poundctl hanging =
        tool("sleep 600 & echo $! > " + directory + "/pid; wait", Duration.ofMillis(500));
    assertThatThrownBy(() -> hanging.list(this::hear))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end within");
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    while (PeerProcess.running(pid).isPresent()) {
      Thread.onSpinWait();
    }
  }
}
