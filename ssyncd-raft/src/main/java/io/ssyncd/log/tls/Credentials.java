package io.ssyncd.log.tls;

import io.ssyncd.log.tls.CredentialsException.Part;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a member shows and whom it trusts, read from its files and checked: what is wrong with them
 * is found here, not at the first handshake.
 *
 * @param chain the member's certificate, then those between it and the CA
 * @param key the certificate's private key
 * @param trust accepts the certificates of the configured CAs
 */
public record Credentials(
    List<X509Certificate> chain, PrivateKey key, X509ExtendedTrustManager trust) {
  /** How long before its end a certificate is warned about. */
  public static final Duration SOON = Duration.ofDays(14);

  /** The JDK's word for "whatever the handshake agrees on", as in TLS 1.3. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  public Credentials {
    chain = List.copyOf(chain);
  }

  /**
   * Reads and checks.
   *
   * @param name who this member is
   * @throws CredentialsException naming the file and what is wrong with it
   */
  public static Credentials load(TlsFiles files, MemberName name) throws CredentialsException {
    List<X509Certificate> chain = certificates(Part.CERTIFICATE, files.certificate());
    List<X509Certificate> authorities = certificates(Part.CA, files.ca());
    PrivateKey key = key(files, chain.get(0).getPublicKey());
    for (X509Certificate each : authorities) {
      if (each.getBasicConstraints() < 0) {
        throw problem(
            Part.CA, files.ca(), MemberName.describe(each) + " is no certification authority");
      }
    }
    MemberTrust trust = new MemberTrust(authorities, files.ca());
    checkOwn(files.certificate(), chain, trust, name);
    return new Credentials(chain, key, trust);
  }

  private static List<X509Certificate> certificates(Part part, Path file)
      throws CredentialsException {
    try {
      return Pem.certificates(read(part, file));
    } catch (CertificateException e) {
      throw problem(part, file, e.getMessage());
    }
  }

  private static PrivateKey key(TlsFiles files, PublicKey publicKey) throws CredentialsException {
    try {
      PrivateKey key = Pem.privateKey(read(Part.KEY, files.key()), publicKey);
      if (!belong(key, publicKey)) {
        throw problem(
            Part.KEY, files.key(), "is not the key of the certificate in " + files.certificate());
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw problem(Part.KEY, files.key(), e.getMessage());
    }
  }

  /** Whether what the one signs the other verifies. */
  private static boolean belong(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] something = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(something);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(something);
    return signature.verify(signed);
  }

  /** What others would refuse is refused here. */
  private static void checkOwn(
      Path file, List<X509Certificate> chain, MemberTrust trust, MemberName name)
      throws CredentialsException {
    X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
    try {
      MemberName named = MemberName.of(shown[0]);
      if (!named.equals(name)) {
        throw problem(
            Part.CERTIFICATE, file, "is the certificate of " + named + ", this node is " + name);
      }
      trust.checkServerTrusted(shown, ANY_KEY_EXCHANGE);
      trust.checkClientTrusted(shown, ANY_KEY_EXCHANGE);
    } catch (CertificateException e) {
      throw problem(Part.CERTIFICATE, file, e.getMessage());
    }
  }

  private static byte[] read(Part part, Path file) throws CredentialsException {
    try {
      return TlsFiles.read(file);
    } catch (NoSuchFileException e) {
      throw problem(part, file, "does not exist");
    } catch (java.nio.file.AccessDeniedException e) {
      throw problem(part, file, "may not be read by this user");
    } catch (IOException e) {
      throw problem(part, file, String.valueOf(e.getMessage()));
    }
  }

  private static CredentialsException problem(
      Part part, Path file, @org.jspecify.annotations.Nullable String what) {
    return new CredentialsException(part, file + ": " + what);
  }

  /** When the first certificate of the chain ends. */
  public Instant validUntil() {
    return chain.stream()
        .map(each -> each.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Said while the end is near; empty before. */
  public Optional<String> endsSoon(Instant now) {
    Instant end = validUntil();
    if (now.plus(SOON).isBefore(end)) {
      return Optional.empty();
    }
    return Optional.of(
        "the certificate of "
            + MemberName.describe(chain.get(0))
            + (now.isBefore(end) ? " expires at " : " has expired at ")
            + end
            + ": put a new one in its place, it is taken without a restart");
  }

  /**
   * Whether a chain that was accepted once would be accepted now.
   *
   * @return what is wrong with it; empty if nothing is
   */
  public Optional<String> objection(X509Certificate[] peer) {
    try {
      trust.checkClientTrusted(peer, ANY_KEY_EXCHANGE);
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
