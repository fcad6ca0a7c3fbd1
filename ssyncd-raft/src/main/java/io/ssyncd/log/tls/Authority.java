package io.ssyncd.log.tls;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The certification authority of one cluster, for those who have none: two files in a directory,
 * {@code ca.crt} and {@code ca.key}. Keys are P-256. Nothing is ever overwritten.
 */
public final class Authority {
  /** How long an authority lasts, in days. */
  public static final int DAYS = 3650;

  /** Its certificate. */
  public static final String CERTIFICATE = "ca.crt";

  /** Its key, which no balancer needs. */
  public static final String KEY = "ca.key";

  /** Begins this long ago, for members whose clocks are late. */
  private static final String AN_HOUR_AGO = "-1H";

  private static final String ALIAS = "ca";
  private static final String MEMBER = "member";
  private static final String PRIVATE_MODE = "rw-------";
  private static final String PUBLIC_MODE = "rw-r--r--";

  private final String cluster;
  private final X509Certificate certificate;
  private final PrivateKey key;

  private Authority(String cluster, X509Certificate certificate, PrivateKey key) {
    this.cluster = cluster;
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * Makes the authority of a cluster.
   *
   * @param directory made if missing, for nobody but its owner
   * @throws IOException naming the file that is there already, or what failed
   */
  public static Authority create(Path directory, String cluster) throws IOException {
    refuseExisting(directory.resolve(CERTIFICATE), directory.resolve(KEY));
    Entry made =
        inStore(
            ALIAS,
            null,
            "-alias",
            ALIAS,
            "-dname",
            "CN=" + escaped("ssyncd CA of " + cluster),
            "-startdate",
            AN_HOUR_AGO,
            "-validity",
            Integer.toString(DAYS),
            "-ext",
            "bc:critical=ca:true,pathlen:0",
            "-ext",
            "ku:critical=keyCertSign,cRLSign",
            "-ext",
            "san=uri:" + MemberName.authorityUri(cluster));
    write(directory, CERTIFICATE, KEY, made);
    return new Authority(cluster, made.certificate, made.key);
  }

  /**
   * Reads the authority that {@link #create} left.
   *
   * @throws IOException naming the file that cannot be read
   */
  public static Authority open(Path directory) throws IOException {
    Path file = directory.resolve(CERTIFICATE);
    Path keyFile = directory.resolve(KEY);
    try {
      X509Certificate certificate = Pem.certificates(TlsFiles.read(file)).get(0);
      List<String> names = MemberName.uris(certificate);
      if (names.size() != 1 || certificate.getBasicConstraints() < 0) {
        throw new CertificateException("is no CA that ssyncd tls init made");
      }
      String cluster = names.get(0).substring(MemberName.authorityUri("").length());
      return new Authority(
          cluster, certificate, Pem.privateKey(TlsFiles.read(keyFile), certificate.getPublicKey()));
    } catch (CertificateException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException(keyFile + ": " + e.getMessage(), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException(
          e.getFile() + " does not exist: is " + directory + " the directory of ssyncd tls init?",
          e);
    }
  }

  /** The cluster that it certifies members of. */
  public String cluster() {
    return cluster;
  }

  /**
   * Makes a member's key and certificate, {@code MEMBER.key} and {@code MEMBER.crt}.
   *
   * @param directory made if missing, for nobody but its owner
   * @param days how long it lasts
   * @throws IOException naming the file that is there already, or what failed
   */
  public void issue(String member, int days, Path directory) throws IOException {
    issue(member, days, AN_HOUR_AGO, directory);
  }

  /**
   * The same, for tests of expiry.
   *
   * @param start as keytool has it: {@code -1d} for a day ago
   */
  void issue(String member, int days, String start, Path directory) throws IOException {
    String name = member + ".crt";
    String keyName = member + ".key";
    refuseExisting(directory.resolve(name), directory.resolve(keyName));
    long most = ChronoUnit.DAYS.between(Instant.now(), certificate.getNotAfter().toInstant());
    if (days < 1 || days > most) {
      throw new IOException(
          "a certificate of " + days + " days; this CA can make them for 1 to " + most);
    }
    Entry made =
        inStore(
            MEMBER,
            this,
            "-alias",
            MEMBER,
            "-signer",
            ALIAS,
            "-dname",
            "CN=" + escaped(member) + ",O=" + escaped(cluster),
            "-startdate",
            start,
            "-validity",
            Integer.toString(days),
            "-ext",
            "bc:critical=ca:false",
            "-ext",
            "ku:critical=digitalSignature",
            "-ext",
            "eku=serverAuth,clientAuth",
            "-ext",
            "san=uri:" + new MemberName(cluster, member).uri());
    write(directory, name, keyName, made);
  }

  private record Entry(X509Certificate certificate, PrivateKey key) {}

  /** Lets keytool make an entry in a store that is gone afterwards. */
  private static Entry inStore(
      String alias, @org.jspecify.annotations.Nullable Authority signer, String... arguments)
      throws IOException {
    Path directory = Files.createTempDirectory("ssyncd-tls");
    Path file = directory.resolve("store.p12");
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    char[] password = HexFormat.of().formatHex(random).toCharArray();
    try {
      if (signer != null) {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(ALIAS, signer.key, password, new Certificate[] {signer.certificate});
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
          store.store(out, password);
        }
      }
      new Keytool(file, password).generate(arguments);
      KeyStore store = KeyStore.getInstance(file.toFile(), password);
      return new Entry(
          (X509Certificate) store.getCertificate(alias),
          (PrivateKey) store.getKey(alias, password));
    } catch (GeneralSecurityException e) {
      throw new IOException("the JDK's key store: " + e.getMessage(), e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(directory);
  }

  private static void write(Path directory, String name, String keyName, Entry made)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    create(
        directory.resolve(keyName), PRIVATE_MODE, Pem.text("PRIVATE KEY", made.key.getEncoded()));
    try {
      create(
          directory.resolve(name),
          PUBLIC_MODE,
          Pem.text("CERTIFICATE", made.certificate.getEncoded()));
    } catch (CertificateException e) {
      throw new IOException("a certificate without an encoding", e);
    }
  }

  private static void create(Path file, String mode, String text) throws IOException {
    var permissions = PosixFilePermissions.fromString(mode);
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(permissions))) {
      channel.write(
          java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    }
    // The umask may have taken more away than the mode does.
    Files.setPosixFilePermissions(file, permissions);
  }

  private static void refuseExisting(Path... files) throws IOException {
    for (Path file : files) {
      if (Files.exists(file)) {
        throw exists(file);
      }
    }
  }

  private static IOException exists(Path file) {
    return new FileAlreadyExistsException(
        file + " exists already; nothing is overwritten: name another directory");
  }

  /** For a distinguished name: names of members hold no comma, but the text is not ours alone. */
  private static String escaped(String text) {
    return text.replaceAll("[,+\"\\\\<>;=]", "\\\\$0");
  }
}
