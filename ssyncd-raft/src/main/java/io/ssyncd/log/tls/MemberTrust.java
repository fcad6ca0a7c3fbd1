package io.ssyncd.log.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's own check of a chain of certificates (PKIX, RFC 5280), with words for people: whose
 * certificate it is and what is wrong with it. Whom it names is not looked at here.
 */
final class MemberTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager pkix;
  private final Path ca;

  /**
   * @param ca for messages: where the authorities come from
   */
  MemberTrust(List<X509Certificate> authorities, Path ca) {
    this.ca = ca;
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (X509Certificate each : authorities) {
        anchors.setCertificateEntry("ca" + anchors.size(), each);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      pkix = extended(factory.getTrustManagers());
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("every Java has PKCS12 and PKIX", e);
    }
  }

  private static X509ExtendedTrustManager extended(TrustManager[] all) {
    for (TrustManager each : all) {
      if (each instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new IllegalStateException("a PKIX trust manager is an X509ExtendedTrustManager");
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check pkixCheck) throws CertificateException {
    try {
      pkixCheck.run();
    } catch (CertificateException e) {
      throw new CertificateException(
          "the certificate of " + MemberName.describe(chain[0]) + " " + wrong(e), e);
    }
  }

  private String wrong(CertificateException problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return "has expired: " + cause.getMessage();
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "is not valid yet, or a clock is wrong: " + cause.getMessage();
      }
      if (cause instanceof CertPathBuilderException || isForeign(cause)) {
        return "is of none of the authorities in " + ca;
      }
    }
    return "is not accepted: " + problem.getMessage();
  }

  /** Also if an authority of the same name, but another key, is trusted. */
  private static boolean isForeign(Throwable cause) {
    return cause instanceof CertPathValidatorException invalid
        && (invalid.getReason() == PKIXReason.NO_TRUST_ANCHOR
            || invalid.getReason() == BasicReason.INVALID_SIGNATURE);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> pkix.checkClientTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> pkix.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> pkix.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> pkix.checkServerTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> pkix.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> pkix.checkServerTrusted(chain, type, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return pkix.getAcceptedIssuers();
  }
}
