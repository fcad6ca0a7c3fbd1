package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Host;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real daemons on TLS, with certificates that {@code ssyncd tls} makes. */
@ExtendWith(ShowsLogsOnFailure.class)
class TlsTest {
  private static final int CONFIGURATION = 78;
  private static final int SESSIONS = 1000;

  @TempDir Path dir;

  @Test
  void aClusterOnTlsKeepsStrangersOutTakesRenewedCertificatesAndSurvivesItsLeader()
      throws IOException {
    try (Cluster cluster = spec().farm("f1", Farms.ONE_SERVICE).build()) {
      cluster.startPounds().start();
      Member leader = cluster.awaitLeader();
      leader.pound("f1").traffic("client-", SESSIONS);
      cluster.awaitSessions("f1", SESSIONS);
      assertThat(leader.ctl("health").exit()).isZero();
      List<String> before = leader.pound("f1").sessions();

      aStrangerIsToldWhy(cluster, leader);
      aRenewedCertificateIsTaken(cluster, cluster.followers().get(0));

      leader.kill();
      Member heir = cluster.awaitLeader();
      assertThat(heir.pound("f1").sessions()).isEqualTo(before);
    }
  }

  private static void aStrangerIsToldWhy(Cluster cluster, Member member) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(member.host().address(), Host.PORT), 5000);
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .contains("this member speaks TLS");
    }
    cluster.awaitThat(
        "a complaint that names both sides",
        () ->
            member
                .output()
                .matches(
                    "(?s).*a connection from /127[0-9.:]+ to "
                        + member.name()
                        + ": it speaks plain text, this member TLS.*"));
  }

  private void aRenewedCertificateIsTaken(Cluster cluster, Member member) throws IOException {
    tls("member", member.name(), "--dir", tlsDir().toString(), "--out", dir + "/new").ok();
    for (String end : List.of(".crt", ".key")) {
      Files.copy(
          dir.resolve("new").resolve(member.name() + end),
          tlsDir().resolve(member.name() + end),
          StandardCopyOption.REPLACE_EXISTING);
    }
    cluster.awaitThat(
        "the renewed certificate in use",
        () ->
            member
                .output()
                .contains(
                    "certificate of ssyncd://test/" + member.name() + " renewed, valid until"));
    assertThat(cluster.awaitSessions("f1", SESSIONS)).isNotNull();
  }

  @Tag("long")
  @Test
  void aMemberOfAnotherAuthorityStaysOutsideAndTheOthersGoOn() throws IOException {
    try (Cluster cluster = spec().build()) {
      tls("init", "--cluster", "test", "--member", "lb3", "--dir", dir + "/strange").ok();
      Member strange = cluster.member("lb3");
      strange.reconfigure(tlsDir().toString(), dir.resolve("strange").toString());
      cluster.start();

      cluster.await(
          "a leader of the other two",
          () ->
              List.of("lb1", "lb2").stream()
                  .map(cluster::member)
                  .filter(m -> m.status().filter(s -> s.path("quorum").asBoolean()).isPresent())
                  .findFirst());
      cluster.awaitThat(
          "a complaint of the stranger",
          () -> strange.output().contains("is of none of the authorities in"));
      cluster.awaitThat(
          "a complaint about the stranger",
          () ->
              cluster.member("lb1").output().contains("lb1 has no connection to lb3 at")
                  || cluster.member("lb2").output().contains("lb2 has no connection to lb3 at"));
      assertThat(strange.alive()).isTrue();
      assertThat(strange.status().orElseThrow().path("quorum").asBoolean()).isFalse();
    }
  }

  @Test
  void theCertificateOfAnotherMemberIsRefusedAtTheStart() {
    try (Cluster cluster = spec().members("lb1", "lb2").build()) {
      Member member = cluster.member("lb1");
      member.reconfigure("/lb1.crt", "/lb2.crt");
      member.reconfigure("/lb1.key", "/lb2.key");

      assertThat(member.start().daemon().awaitExit()).isEqualTo(CONFIGURATION);
      assertThat(member.output())
          .contains("ssyncd.cluster.tls.certificate " + tlsDir().resolve("lb2.crt"))
          .contains("is the certificate of ssyncd://test/lb2, this node is ssyncd://test/lb1");
    }
  }

  @Test
  void tlsInitOverwritesNothingAndSaysWhatGoesWhere() throws IOException {
    Command.Result made = tls("init", "--cluster", "prod", "--member", "lb1", "--dir", dir + "/t");
    assertThat(made.ok().out())
        .contains("lb1.crt, lb1.key   to lb1 alone")
        .contains("certificate = /etc/ssyncd/${ssyncd.node}.crt");
    byte[] key = Files.readAllBytes(dir.resolve("t/ca.key"));

    Command.Result again = tls("init", "--cluster", "prod", "--member", "lb1", "--dir", dir + "/t");
    assertThat(again.exit()).isEqualTo(65);
    assertThat(again.err()).contains(dir.resolve("t/ca.crt") + " exists already");
    assertThat(dir.resolve("t/ca.key")).hasBinaryContent(key);
    assertThat(tls("init", "--cluster", "prod", "--member", "l b", "--dir", dir + "/u").exit())
        .isEqualTo(64);
    assertThatThrownBy(() -> Files.list(dir.resolve("u")).close()).isInstanceOf(IOException.class);
  }

  private ClusterSpec spec() {
    return ClusterSpec.in(dir).tls();
  }

  private Path tlsDir() {
    return dir.resolve("tls");
  }

  private static Command.Result tls(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(Distribution.built().ssyncd().toString(), "tls"));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }
}
