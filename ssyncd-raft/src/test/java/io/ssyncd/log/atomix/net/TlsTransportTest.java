package io.ssyncd.log.atomix.net;

import static io.ssyncd.log.atomix.net.Echoes.TIMEOUT;
import static io.ssyncd.log.atomix.net.Echoes.awaitFailure;
import static io.ssyncd.log.atomix.net.Echoes.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogWarning;
import io.ssyncd.log.tls.CredentialsException;
import io.ssyncd.log.tls.TestCertificates;
import io.ssyncd.log.tls.TlsFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in with which certificate, and what both sides say of who does not. */
class TlsTransportTest {
  @TempDir Path dir;

  private final Echoes echoes = new Echoes();
  private final Map<String, Identity.Endpoint> members = echoes.members;

  @AfterEach
  void stop() {
    echoes.close();
  }

  private Transport start(String name, TlsFiles files) throws Exception {
    return echoes.begin(
        Transport.secured(
            new Identity("test", name, members), java.util.List.of(), files, Reach.ALL));
  }

  private Transport start(String name) throws Exception {
    return start(name, TestCertificates.of("test", name));
  }

  private static long count(Transport of, String counter) {
    return of.counters().snapshot().get(counter);
  }

  private Socket connect(String to) throws IOException {
    return new Socket(members.get(to).host(), members.get(to).port());
  }

  @Test
  void membersAskEachOtherOverTls() throws Exception {
    Transport a = start("a");
    Transport b = start("b");
    assertThat(echo(a, "b")).isEqualTo("hi");
    assertThat(echo(b, "a")).isEqualTo("hi");
    byte[] large = new byte[Frame.MAX_BYTES - 100];
    assertThat(a.ask("b", "echo", large, TIMEOUT).get(20, TimeUnit.SECONDS)).isEqualTo(large);
    assertThat(a.warnings()).isEmpty();
  }

  @Test
  void aFileThatCannotBeUsedIsFoundAtTheStart() {
    assertThatThrownBy(() -> start("b", TestCertificates.of("test", "a")))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("is the certificate of ssyncd://test/a");
  }

  @Test
  void anotherAuthorityIsRefusedOnBothSides() throws Exception {
    Transport a = start("a", TestCertificates.of("stranger", "test", "a"));
    Transport b = start("b");
    awaitFailure(a, "b", "the certificate of ssyncd://test/b is of none of the authorities");
    assertThat(count(a, "tls_failures")).isPositive();
    await().atMost(TIMEOUT).until(() -> count(b, "tls_failures") > 0);
    assertThat(count(b, "strangers")).isZero();
  }

  @Test
  void aClientOfAnotherAuthorityThatTrustsUsIsRefusedByUs() throws Exception {
    TlsFiles ours = TestCertificates.of("test", "b");
    TlsFiles strange = TestCertificates.of("stranger", "test", "a");
    Path both = dir.resolve("both.crt");
    Files.writeString(both, Files.readString(ours.ca()) + Files.readString(strange.ca()));
    Transport a = start("a", new TlsFiles(strange.certificate(), strange.key(), both));
    Transport b = start("b");
    awaitFailure(a, "b", "it refuses our certificate");
    assertThat(count(b, "tls_failures")).isPositive();
    assertThat(count(a, "tls_failures")).isPositive();
  }

  @Test
  void oneMemberCannotSpeakAsAnother() throws Exception {
    members.put("c", new Identity.Endpoint("127.0.0.1", 1));
    Transport b = start("b");
    try (SSLSocket socket = tlsTo("b", TestCertificates.of("test", "c"))) {
      socket.getOutputStream().write(hello("test", "a", "b"));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8))
          .contains("the certificate is of ssyncd://test/c, the greeting of a");
    }
    assertThat(count(b, "wrong_names")).isEqualTo(1);
    assertThat(count(b, "strangers")).isEqualTo(1);
  }

  @Test
  void behindTheAddressOfAMemberItsCertificateHasToBe() throws Exception {
    start("b");
    members.put("c", members.get("b"));
    Transport a = start("a");
    awaitFailure(a, "c", "the certificate there is of b");
    assertThat(count(a, "wrong_names")).isPositive();
    assertThat(count(a, "connects")).isZero();
  }

  @Test
  void theSameAuthorityDoesNotMakeAMemberOfAnotherClusterOne() throws Exception {
    Path both = dir.resolve("both.crt");
    TlsFiles elsewhere = TestCertificates.of("elsewhere", "elsewhere", "a");
    TlsFiles ours = TestCertificates.of("test", "b");
    Files.writeString(both, Files.readString(ours.ca()) + Files.readString(elsewhere.ca()));
    Transport b = start("b", new TlsFiles(ours.certificate(), ours.key(), both));
    try (SSLSocket socket = tlsTo("b", elsewhere)) {
      socket.startHandshake();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8))
          .contains("the certificate is of ssyncd://elsewhere/a, this is cluster test");
    }
    assertThat(count(b, "wrong_names")).isEqualTo(1);
  }

  @Test
  void whoShowsNoCertificateIsRefused() throws Exception {
    Transport b = start("b");
    try (SSLSocket socket = tlsTo("b", null)) {
      assertNotHeard(socket);
    }
    await().atMost(TIMEOUT).until(() -> count(b, "tls_failures") == 1);
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    TlsFiles old = TestCertificates.lasting("test", "a", "-10d", 5);
    Transport b = start("b");
    try (SSLSocket socket = tlsTo("b", old)) {
      assertNotHeard(socket);
    }
    await().atMost(TIMEOUT).until(() -> count(b, "tls_failures") == 1);
  }

  @Test
  void plainTextToAPortWithTlsIsToldWhy() throws Exception {
    Transport b = start("b");
    Transport a = echoes.begin(new Transport(new Identity("test", "a", members), Reach.ALL));
    awaitFailure(a, "b", "this member speaks TLS: cluster.tls is not the same on both");
    assertThat(count(b, "mixed_transports")).isPositive();
  }

  @Test
  void tlsToAPortInPlainTextIsToldWhy() throws Exception {
    Transport b = echoes.begin(new Transport(new Identity("test", "b", members), Reach.ALL));
    Transport a = start("a");
    awaitFailure(a, "b", "it speaks plain text, this member TLS");
    assertThat(count(b, "mixed_transports")).isPositive();
  }

  @Test
  void aThousandStrangersKeepNoMemberOut() throws Exception {
    Transport b = start("b");
    Transport a = start("a");
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        Socket socket = connect("b");
        open.add(socket);
        if (i % 2 == 0) {
          // The beginning of a handshake that never goes on.
          socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
        }
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> echo(a, "b").equals("hi"));
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    assertThat(count(b, "too_many_connections")).isPositive();
  }

  @Test
  void renewedFilesAreTakenWithoutLosingARequest() throws Exception {
    TlsFiles files = TestCertificates.copy(TestCertificates.lasting("test", "a", "-1H", 5), dir);
    Transport a = start("a", files);
    Transport b = start("b");
    assertThat(echo(a, "b")).isEqualTo("hi");
    assertThat(a.warnings()).extracting(LogWarning::code).containsExactly("certificate-expires");

    TestCertificates.replace(files, TestCertificates.of("test", "a"));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              echo(a, "b");
              echo(b, "a");
              return count(a, "tls_renewals") == 1 && count(a, "connects") == 2;
            });
    assertThat(a.warnings()).isEmpty();
  }

  @Tag("long")
  @Test
  void aBrokenRenewalKeepsWhatThereIsAndWarns() throws Exception {
    TlsFiles files = TestCertificates.copy(TestCertificates.of("test", "a"), dir);
    Transport a = start("a", files);
    start("b");
    String key = Files.readString(files.key());
    Files.writeString(files.key(), "oops");
    await().atMost(Duration.ofSeconds(30)).until(() -> !a.warnings().isEmpty());
    assertThat(a.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo("tls-renewal-failed");
              assertThat(warning.text()).contains(files.key().toString());
            });
    assertThat(echo(a, "b")).isEqualTo("hi");
    assertThat(count(a, "tls_renewal_failures")).isEqualTo(1);

    Files.writeString(files.key(), key);
    await().atMost(Duration.ofSeconds(30)).until(() -> a.warnings().isEmpty());
  }

  @Test
  void aConnectionEndsWhenTheOtherSidesAuthorityIsTrustedNoMore() throws Exception {
    TlsFiles files = TestCertificates.copy(TestCertificates.of("test", "b"), dir);
    Transport a = start("a");
    Transport b = start("b", files);
    assertThat(echo(a, "b")).isEqualTo("hi");
    assertThat(echo(b, "a")).isEqualTo("hi");

    TestCertificates.replace(files, TestCertificates.of("stranger", "test", "b"));

    await().atMost(Duration.ofSeconds(30)).until(() -> count(b, "outdated_certificates") == 2);
    awaitFailure(a, "b", "is of none of the authorities");
    awaitFailure(b, "a", "is of none of the authorities");
  }

  /** With TLS 1.3 a client may have written before it learns that it is refused. */
  private static void assertNotHeard(SSLSocket socket) {
    assertThatThrownBy(
            () -> {
              socket.getOutputStream().write(hello("test", "a", "b"));
              if (socket.getInputStream().read() < 0) {
                throw new IOException("closed");
              }
            })
        .isInstanceOf(IOException.class);
  }

  /** A client of the JDK, which trusts anybody. */
  private SSLSocket tlsTo(String to, @org.jspecify.annotations.Nullable TlsFiles shown)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        shown == null ? null : keys(shown), new TrustManager[] {new TrustsAnybody()}, null);
    return (SSLSocket)
        context.getSocketFactory().createSocket(members.get(to).host(), members.get(to).port());
  }

  private static KeyManager[] keys(TlsFiles shown) throws Exception {
    char[] password = "x".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    java.security.cert.Certificate certificate;
    try (var in = Files.newInputStream(shown.certificate())) {
      certificate =
          java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    String base64 =
        Files.readString(shown.key()).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    store.setKeyEntry(
        "x",
        java.security.KeyFactory.getInstance("EC")
            .generatePrivate(
                new java.security.spec.PKCS8EncodedKeySpec(
                    java.util.Base64.getDecoder().decode(base64))),
        password,
        new java.security.cert.Certificate[] {certificate});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private static final class TrustsAnybody implements javax.net.ssl.X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }

  private static byte[] hello(String cluster, String from, String to) {
    var buffer =
        new Hello(cluster, from, to).encode(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }
}
