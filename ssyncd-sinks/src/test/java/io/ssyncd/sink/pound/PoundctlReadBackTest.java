package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.ScopeReport;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.PoundctlTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Writes that are read back by what stands in for Pound's own tool. */
class PoundctlReadBackTest extends PoundFixture {
  private static final String HEAD =
      """
      <pound>
      <queue size="0"/>
      <listener index="0" protocol="http" address="127.0.0.1:80" status="active">
      <service index="0" name="s0" status="active">
      <backend index="0" key="4-7f000001-50" address="10.1.1.1:80" avg="0.000" priority="5" \
      alive="yes" status="active" connections="0"/>
      """;
  private static final String TAIL = "</service>\n</listener>\n</pound>\n";

  private PoundEndpoint endpoint(String sessions) throws IOException {
    Files.writeString(
        directory.resolve("list"), HEAD + sessions + TAIL, StandardCharsets.ISO_8859_1);
    Path program = directory.resolve("poundctl");
    Files.writeString(program, "#!/bin/sh\ncat " + directory.resolve("list") + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return open(program);
  }

  private PoundEndpoint open(Path program) {
    PoundctlTool tool =
        new PoundctlTool(program, directory.resolve("f1.ctl"), Duration.ofSeconds(20));
    PoundEndpoint opened =
        closing(new PoundEndpoint(config(), Optional.of(cfg), Optional.of(tool)));
    live(opened);
    return opened;
  }

  @Test
  void whatTheToolListsIsApplied() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint =
        endpoint(
            "<session index=\"0\" key=\"a\" backend=\"0\" />\n"
                + "<session index=\"1\" key=\"\u0001ssyncd-canary-1\" backend=\"0\" />\n"
                + "<session index=\"2\" key=\"q\\\"&<\" backend=\"1\" />\n");
    table.put(session(0, 0, 0, "a", 1));
    table.put(session(0, 0, 1, "q\"&<", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(2);
    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).isEmpty();
    assertThat(held(pound)).hasSize(2);
    assertThat(pound.stats().listening()).as("it tells of its sessions again").isTrue();
  }

  @Test
  void whatTheToolDoesNotListOrListsElsewhereIsMismatched() throws Exception {
    pound();
    PoundEndpoint endpoint = endpoint("<session index=\"0\" key=\"moved\" backend=\"1\" />\n");
    table.put(session(0, 0, 0, "moved", 1));
    table.put(session(0, 0, 0, "missing", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isZero();
    assertThat(report.mismatched()).isEqualTo(2);
    assertThat(report.examples())
        .anyMatch(text -> text.startsWith("poundctl lists it at backend 1: listener 0"))
        .anyMatch(text -> text.startsWith("poundctl does not list it: listener 0"));
  }

  /** The tool of 2.8a.15 has no room for them. */
  @Test
  void keysThatAreTooLongForTheToolAreReadBackByTheDump() throws Exception {
    pound();
    PoundEndpoint endpoint = endpoint("");
    HttpKey key = new HttpKey(FARM, 0, 0, Bytes.utf8("k".repeat(200)));
    table.put(new HttpSession(key, 0, Bytes.utf8("10.1.1.1"), nowS.get() * 1000));
    assertThat(write(endpoint).applied()).isEqualTo(1);
  }

  @Test
  void whenTheToolFailsTheDumpIsBelievedAndThatIsSaid() throws Exception {
    pound();
    PoundEndpoint endpoint = open(directory.resolve("none"));
    table.put(session(0, 0, 0, "a", 1));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(1);
    assertThat(report.notes()).singleElement().asString().contains("read back by a dump alone");
    assertThat(endpoint.sink().warnings()).extracting("code").contains("poundctl-failed");
  }
}
