package io.ssyncd.log.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as text (RFC 7468). Messages never quote what they read. */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----([^-]*)-----END \\1PRIVATE KEY-----");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");

  private Pem() {}

  /** All certificates of a file, in its order. */
  static List<X509Certificate> certificates(byte[] file) throws CertificateException {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    List<X509Certificate> all = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(new String(file, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      Certificate one;
      try {
        one = x509.generateCertificate(new ByteArrayInputStream(bytes(blocks.group(1))));
      } catch (CertificateException | IllegalArgumentException e) {
        throw new CertificateException(
            "certificate " + (all.size() + 1) + " cannot be read: " + e.getMessage(), e);
      }
      all.add((X509Certificate) one);
    }
    if (all.isEmpty()) {
      throw new CertificateException("holds no certificate in PEM");
    }
    return all;
  }

  /**
   * The private key of a file.
   *
   * @param of the public key of its certificate: it tells the algorithm
   */
  static PrivateKey privateKey(byte[] file, PublicKey of) throws GeneralSecurityException {
    Matcher block = KEY.matcher(new String(file, StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      throw new InvalidKeySpecException("holds no private key in PEM");
    }
    byte[] bytes;
    try {
      bytes = bytes(block.group(2));
    } catch (IllegalArgumentException e) {
      // Its message quotes the file.
      throw new InvalidKeySpecException("holds a private key that is not base64");
    }
    byte[] pkcs8 =
        switch (block.group(1).strip()) {
          case "" -> bytes;
          case "RSA", "EC" -> wrapped(bytes, of);
          default ->
              throw new InvalidKeySpecException(
                  "is an "
                      + block.group(1).strip()
                      + " PRIVATE KEY; a daemon that starts by itself has nobody to ask for a"
                      + " passphrase: openssl pkcs8 -topk8 -nocrypt");
        };
    try {
      return KeyFactory.getInstance(of.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (InvalidKeySpecException e) {
      throw new InvalidKeySpecException(
          "is not the key of the certificate, whose key is " + of.getAlgorithm(), e);
    }
  }

  /**
   * A key in the form of its own algorithm, put into PKCS#8: version, algorithm, key (RFC 5208).
   * The algorithm with its parameters is what the public key begins with.
   */
  private static byte[] wrapped(byte[] key, PublicKey of) throws InvalidKeySpecException {
    byte[] encoded = of.getEncoded();
    int outer = 1 + lengthBytes(encoded, 1);
    int length = encoded[outer + 1];
    if (encoded[outer] != 0x30 || length < 0) {
      throw new InvalidKeySpecException("belongs to a public key of an unknown form");
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {2, 1, 0});
    body.write(encoded, outer, 2 + length);
    body.writeBytes(tagged(4, key));
    return tagged(0x30, body.toByteArray());
  }

  private static int lengthBytes(byte[] der, int at) {
    return der[at] >= 0 ? 1 : 1 + (der[at] & 0x7f);
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** A block of text; {@code what} is CERTIFICATE or PRIVATE KEY. */
  static String text(String what, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
  }

  private static byte[] bytes(String base64) {
    return Base64.getMimeDecoder().decode(base64);
  }
}
