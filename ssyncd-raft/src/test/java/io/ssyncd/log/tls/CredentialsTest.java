package io.ssyncd.log.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.log.tls.CredentialsException.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  private static final MemberName LB1 = new MemberName("test", "lb1");

  @TempDir Path dir;

  private TlsFiles files() {
    return TestCertificates.copy(TestCertificates.of("test", "lb1"), dir);
  }

  private static void refused(TlsFiles files, MemberName name, Part part, String... texts) {
    assertThatThrownBy(() -> Credentials.load(files, name))
        .isInstanceOfSatisfying(
            CredentialsException.class, e -> assertThat(e.part()).isEqualTo(part))
        .message()
        .contains(texts);
  }

  @Test
  void whatTheAuthorityMakesIsFine() throws Exception {
    Credentials credentials = Credentials.load(files(), LB1);

    assertThat(files().exposure()).isEmpty();
    assertThat(MemberName.of(credentials.chain().get(0))).isEqualTo(LB1);
    assertThat(credentials.validUntil())
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(30)));
    assertThat(credentials.endsSoon(Instant.now())).isEmpty();
    assertThat(credentials.endsSoon(Instant.now().plus(Duration.ofDays(17))).orElseThrow())
        .contains("ssyncd://test/lb1 expires at");
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws IOException {
    TlsFiles files = files();
    Files.delete(files.key());
    refused(files, LB1, Part.KEY, files.key() + ": does not exist");
    Files.delete(files.ca());
    refused(files, LB1, Part.CA, files.ca() + ": does not exist");
    Files.delete(files.certificate());
    Files.createDirectory(files.certificate());
    refused(files, LB1, Part.CERTIFICATE, files.certificate() + ": is a directory");
  }

  @Test
  void aFileThatHoldsSomethingElseIsNamed() throws IOException {
    TlsFiles files = files();
    Files.writeString(
        files.key(), "-----BEGIN PRIVATE KEY-----\nsecret!\n-----END PRIVATE KEY-----");
    assertThatThrownBy(() -> Credentials.load(files, LB1)).message().doesNotContain("secret");
    refused(files, LB1, Part.KEY, files.key() + ": ");
    Files.writeString(files.key(), "nothing");
    refused(files, LB1, Part.KEY, "holds no private key in PEM");
    Files.writeString(files.ca(), "nothing");
    refused(files, LB1, Part.CA, files.ca() + ": holds no certificate in PEM");
    Files.write(files.certificate(), new byte[TlsFiles.MAX_BYTES + 1]);
    refused(files, LB1, Part.CERTIFICATE, "has more than " + TlsFiles.MAX_BYTES + " bytes");
  }

  @Test
  void anEncryptedKeyIsRefusedWithWhatToDo() throws IOException {
    TlsFiles files = files();
    Files.writeString(
        files.key(), Files.readString(files.key()).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    refused(files, LB1, Part.KEY, "openssl pkcs8 -topk8 -nocrypt");
  }

  @Test
  void theKeyOfAnotherCertificateIsRefused() throws IOException {
    TlsFiles files = files();
    Files.writeString(files.key(), Files.readString(TestCertificates.of("test", "lb2").key()));
    refused(files, LB1, Part.KEY, "is not the key of the certificate in " + files.certificate());
  }

  @Test
  void theCertificateOfAnotherMemberOrClusterIsRefused() {
    TlsFiles files = files();
    refused(
        files,
        new MemberName("test", "lb2"),
        Part.CERTIFICATE,
        "is the certificate of ssyncd://test/lb1, this node is ssyncd://test/lb2");
    refused(
        files, new MemberName("prod", "lb1"), Part.CERTIFICATE, "this node is ssyncd://prod/lb1");
  }

  @Test
  void theCertificateOfAnotherAuthorityIsRefused() {
    TlsFiles own = files();
    TlsFiles mixed =
        new TlsFiles(
            own.certificate(), own.key(), TestCertificates.of("stranger", "test", "lb1").ca());
    refused(mixed, LB1, Part.CERTIFICATE, "is of none of the authorities in " + mixed.ca());
  }

  @Test
  void aMembersCertificateIsNoAuthority() {
    TlsFiles own = files();
    refused(
        new TlsFiles(own.certificate(), own.key(), own.certificate()),
        LB1,
        Part.CA,
        "ssyncd://test/lb1 is no certification authority");
  }

  @Test
  void anAuthoritysCertificateIsNoMembers() throws IOException {
    TlsFiles own = files();
    TlsFiles wrong = new TlsFiles(own.ca(), own.ca().resolveSibling("other.key"), own.ca());
    Files.copy(TestCertificates.of("test", "lb1").ca().resolveSibling(Authority.KEY), wrong.key());
    refused(wrong, LB1, Part.CERTIFICATE, "names no member", "URI:ssyncd://CLUSTER/MEMBER");
  }

  @Test
  void expiredAndTooEarlyAreTold() {
    refused(
        TestCertificates.lasting("test", "lb1", "-10d", 5),
        LB1,
        Part.CERTIFICATE,
        "the certificate of ssyncd://test/lb1 has expired");
    refused(
        TestCertificates.lasting("test", "lb1", "+5d", 5),
        LB1,
        Part.CERTIFICATE,
        "is not valid yet, or a clock is wrong");
  }

  @Test
  void aKeyThatEverybodyCanReadIsAWarning() throws Exception {
    TlsFiles files = files();
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(files.exposure().orElseThrow())
        .contains("everybody on this host can read the private key " + files.key());
  }

  @Test
  void aKeyInTheFormOfItsOwnAlgorithmIsReadToo() throws Exception {
    TlsFiles files = files();
    var publicKey = Credentials.load(files, LB1).chain().get(0).getPublicKey();
    PrivateKey key = Pem.privateKey(Files.readAllBytes(files.key()), publicKey);
    // Within PKCS#8 of a P-256 key the last field is an octet string that holds the SEC 1 form.
    byte[] pkcs8 = key.getEncoded();
    int begin = 2 + 3 + 2 + pkcs8[6] + 2;
    assertThat(pkcs8[begin]).as("a sequence").isEqualTo((byte) 0x30);
    Files.writeString(
        files.key(),
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + Pem.text("EC PRIVATE KEY", Arrays.copyOfRange(pkcs8, begin, pkcs8.length)));

    assertThat(Credentials.load(files, LB1).key()).isEqualTo(key);
  }

  @Test
  void anRsaKeyInItsOwnFormIsReadToo() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var pair = generator.generateKeyPair();
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    // Sequence, version, algorithm of 15 bytes, octet string with a length of two bytes.
    int begin = 4 + 3 + 15 + 4;
    byte[] pem =
        Pem.text("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, begin, pkcs8.length))
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    assertThat(Pem.privateKey(pem, pair.getPublic())).isEqualTo(pair.getPrivate());
  }

  @Test
  void theFingerprintChangesWithAnyFile() throws IOException {
    TlsFiles files = files();
    String before = files.fingerprint();
    assertThat(files.fingerprint()).isEqualTo(before);
    Files.writeString(files.ca(), Files.readString(files.ca()) + "\n");
    String after = files.fingerprint();
    assertThat(after).isNotEqualTo(before);
    Files.delete(files.key());
    assertThat(files.fingerprint()).isNotIn(before, after);
  }
}
