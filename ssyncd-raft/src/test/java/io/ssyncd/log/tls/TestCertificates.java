package io.ssyncd.log.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Certificates for tests, made once a JVM by the code that operators use. Thread-safe. */
public final class TestCertificates {
  private static final Path ROOT = directory();
  private static final Map<String, Authority> AUTHORITIES = new ConcurrentHashMap<>();
  private static final Map<String, TlsFiles> MADE = new ConcurrentHashMap<>();

  private TestCertificates() {}

  /** A member's files, of the one authority of that cluster; not to be changed. */
  public static TlsFiles of(String cluster, String member) {
    return of(cluster, cluster, member);
  }

  /** A member's files, of one of several authorities that call themselves the cluster's. */
  public static TlsFiles of(String authority, String cluster, String member) {
    return MADE.computeIfAbsent(
        authority + " " + cluster + " " + member,
        unused -> issue(authority, cluster, member, 30, "-1H", authority + "-" + member));
  }

  /** A new certificate each time, that begins when keytool's {@code start} says. */
  public static TlsFiles lasting(String cluster, String member, String start, int days) {
    return issue(cluster, cluster, member, days, start, "special-" + System.nanoTime());
  }

  private static TlsFiles issue(
      String authority, String cluster, String member, int days, String start, String where) {
    Path home = ROOT.resolve("ca-" + authority);
    Path out = ROOT.resolve(where);
    try {
      authority(home, cluster).issue(member, days, start, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TlsFiles(
        out.resolve(member + ".crt"),
        out.resolve(member + ".key"),
        home.resolve(Authority.CERTIFICATE));
  }

  private static Authority authority(Path home, String cluster) {
    return AUTHORITIES.computeIfAbsent(
        home.toString(),
        unused -> {
          try {
            return Authority.create(home, cluster);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Copies of files, for tests that change them: {@code member.crt, member.key, ca.crt}. */
  public static TlsFiles copy(TlsFiles files, Path to) {
    TlsFiles copies =
        new TlsFiles(to.resolve("member.crt"), to.resolve("member.key"), to.resolve("ca.crt"));
    replace(copies, files);
    return copies;
  }

  /** What an operator does who renews. */
  public static void replace(TlsFiles old, TlsFiles by) {
    try {
      Files.copy(by.certificate(), old.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(by.key(), old.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(by.ca(), old.ca(), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path directory() {
    try {
      Path made = Files.createTempDirectory("ssyncd-test-certificates");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made), "delete-certificates"));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
