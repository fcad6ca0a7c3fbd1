package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.ssyncd.node.ScopeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a Pound's identity matters: stand-ins that are processes. */
class PoundProcessTest extends PoundFixture {
  private StandInProcess process(String... prefix) throws Exception {
    return closing(new StandInProcess(directory, cfg, nowS.get(), prefix));
  }

  @Test
  void defects2And11_aRestartedPoundIsWrittenBackAndEmptiesNothing() throws Exception {
    StandInProcess first = process();
    first.command("traffic 500 k");
    PoundEndpoint endpoint = started();
    within().until(() -> table.asMap().equals(first.held()));
    first.kill();
    StandInProcess second = process();
    assertThat(second.pid()).isNotEqualTo(first.pid());
    within().until(() -> intake.replacements.get() == 1);
    // What the node does when it hears that:
    endpoint.source().stop();
    within().until(() -> endpoint.link().status().live());
    ScopeReport report = write(endpoint);
    endpoint.source().start(intake);
    assertThat(report.applied()).isEqualTo(500);
    assertThat(second.held()).isEqualTo(table.asMap());
    second.command("request 0/0 after");
    within().until(() -> table.size() == 501);
    assertThat(intake.deletes).hasValue(0);
    assertThat(intake.replacements).hasValue(1);
  }

  @Test
  void whenPoundWasRestartedBetweenWriteAndStart_itIsWrittenAgain() throws Exception {
    StandInProcess first = process();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    table.put(session(0, 0, 0, "a", 1));
    write(endpoint);
    first.kill();
    process();
    within().until(() -> endpoint.link().status().connections() == 2);
    endpoint.source().start(intake);
    within().until(() -> intake.replacements.get() == 1);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void whenPoundDiesInAWrite_theWriteFailsAndTheNextOneSucceeds() throws Exception {
    StandInProcess first = process();
    PoundEndpoint endpoint = endpoint();
    live(endpoint);
    for (int i = 0; i < 2_000; i++) {
      table.put(session(0, 0, i % 2, "k" + i, 1));
    }
    first.command("stall");
    Thread killer =
        new Thread(
            () -> {
              try {
                first.kill();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    killer.start();
    assertThatThrownBy(() -> write(endpoint)).isInstanceOf(IOException.class);
    killer.join();
    StandInProcess second = process();
    within().until(() -> endpoint.link().status().live());
    assertThat(write(endpoint).applied()).isEqualTo(2_000);
    assertThat(second.held()).isEqualTo(table.asMap());
  }

  @Test
  void aSocketOfAnotherUserIsNotTrusted() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/setpriv"))).isTrue();
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    String[] nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    assumeThat(canReadClasses(nobody)).as("nobody may read this checkout").isTrue();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    StandInProcess squatter = process(nobody);
    PoundEndpoint endpoint = endpoint();
    within()
        .untilAsserted(
            () ->
                assertThat(endpoint.source().status().warnings())
                    .extracting("code")
                    .contains("pound-peer-refused"));
    assertThat(squatter.command("stats")).contains("dumps=0").contains("writes=0");
    endpoint.close();
    PoundEndpoint configured = endpoint(config().withUser(Optional.of("nobody")));
    within().until(() -> configured.link().status().connected());
    configured.close();
    Files.writeString(cfg, "User \"nobody\"\n" + Files.readString(cfg));
    PoundEndpoint byItsFile = endpoint();
    within().until(() -> byItsFile.link().status().connected());
  }

  /** A checkout in root's home is nobody's to read, and its classes are what the squatter runs. */
  private static boolean canReadClasses(String[] as) throws Exception {
    List<String> command = new ArrayList<>(List.of(as));
    command.addAll(List.of("test", "-r", Path.of("target/test-classes").toAbsolutePath() + "/."));
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @Test
  void afterACleanCloseTheNextConnectionIsToldEverything() throws Exception {
    StandInProcess pound = process();
    for (int round = 1; round <= 5; round++) {
      pound.command("rate 2000 1 r" + round + "-");
      PoundEndpoint endpoint = new PoundEndpoint(config(), Optional.of(cfg));
      live(endpoint);
      endpoint.close();
      pound.command("wait");
      assertThat(pound.command("stats")).as("round " + round).contains("deaf=false");
    }
    PoundEndpoint last = started();
    pound.command("request 0/0 heard");
    within().until(() -> table.get(httpKey(0, 0, "heard")) != null);
    assertThat(last.link().status().live()).isTrue();
  }
}
