package io.ssyncd.log.atomix.net;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Failures of TLS in words for people, which quote nothing of what was received. */
final class TlsFailure {
  private static final String ALERT = "Received fatal alert: ";

  private TlsFailure() {}

  /** What failed, said of the other end: "it ...", or "the certificate of ...". */
  static String text(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String known = known(cause);
      if (known != null) {
        return known;
      }
    }
    return "TLS failed: " + failure.getMessage();
  }

  private static @Nullable String known(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof NotSslRecordException) {
      return "it speaks plain text, this member TLS";
    }
    if (cause instanceof CertificateException) {
      return message;
    }
    if (cause instanceof ClosedChannelException
        || message.startsWith("Connection closed while SSL/TLS handshake")) {
      return "it closed the connection during the TLS handshake";
    }
    if (cause instanceof SSLException && message.contains(ALERT)) {
      String alert = message.substring(message.indexOf(ALERT) + ALERT.length());
      return "it refuses our certificate, or our TLS: " + alert + "; its log says why";
    }
    if (message.contains("Empty client certificate chain") || message.contains("null cert chain")) {
      return "it shows no certificate";
    }
    return null;
  }

  /** Whether this is a failure of TLS at all. */
  static boolean is(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof NotSslRecordException) {
        return true;
      }
    }
    return false;
  }
}
