package io.ssyncd.log.tls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Who a certificate speaks for: a subject alternative name of the kind URI, {@code
 * ssyncd://CLUSTER/MEMBER}. Nothing else in a certificate counts, so that a CA that certifies other
 * things as well does not make them members.
 *
 * @param cluster the cluster's name
 * @param member the member's name
 */
public record MemberName(String cluster, String member) {
  private static final String SCHEME = "ssyncd://";

  /** The kind of a subject alternative name that is a URI (RFC 5280, 4.2.1.6). */
  private static final int URI = 6;

  /** As the certificate says it. */
  public String uri() {
    return SCHEME + cluster + "/" + member;
  }

  /** What the CA of a cluster is called, in the same place. */
  static String authorityUri(String cluster) {
    return SCHEME + cluster;
  }

  /**
   * The member that a certificate names.
   *
   * @throws CertificateException if it names none, or more than one
   */
  public static MemberName of(X509Certificate certificate) throws CertificateException {
    List<MemberName> names = new ArrayList<>();
    for (String uri : uris(certificate)) {
      int slash = uri.indexOf('/', SCHEME.length());
      if (slash > SCHEME.length() && slash < uri.length() - 1) {
        names.add(new MemberName(uri.substring(SCHEME.length(), slash), uri.substring(slash + 1)));
      }
    }
    if (names.size() != 1) {
      throw new CertificateException(
          names.isEmpty()
              ? "the certificate of "
                  + subject(certificate)
                  + " names no member: it has no subject alternative name"
                  + " URI:ssyncd://CLUSTER/MEMBER"
              : "the certificate of "
                  + subject(certificate)
                  + " names "
                  + names.size()
                  + " members; a certificate is for one");
    }
    return names.get(0);
  }

  /** For messages: the member that it names, or else its subject. */
  static String describe(X509Certificate certificate) {
    try {
      return of(certificate).uri();
    } catch (CertificateException e) {
      return subject(certificate);
    }
  }

  /** All names of ours, those of CAs among them. */
  static List<String> uris(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
            .map(name -> String.valueOf(name.get(1)))
            .filter(uri -> uri.startsWith(SCHEME))
            .toList();
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  @Override
  public String toString() {
    return uri();
  }
}
