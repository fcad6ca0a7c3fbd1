package io.ssyncd.log.atomix.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often the transport reached one of its bounds or refused somebody. */
public final class NetCounters {
  /** Connections refused or dropped before or in their greeting. */
  final LongAdder strangers = new LongAdder();

  /** Connections refused because they came from an address that is not allowed. */
  final LongAdder notAllowed = new LongAdder();

  /** Connections dropped for a frame that is too large or makes no sense. */
  final LongAdder badFrames = new LongAdder();

  /** Connections closed because a newer one took the place, of a stranger or of its member. */
  final LongAdder tooManyConnections = new LongAdder();

  /** Requests that were not sent because too many waited. */
  final LongAdder fullLinks = new LongAdder();

  /** Requests that were not answered in time. */
  final LongAdder timeouts = new LongAdder();

  /** Connections made to other members. */
  final LongAdder connects = new LongAdder();

  /** Handshakes of TLS that failed, on either side. */
  final LongAdder tlsFailures = new LongAdder();

  /** Certificates that name somebody else than they should. */
  final LongAdder wrongNames = new LongAdder();

  /** Greetings without the shared key, or with another one, on either side. */
  final LongAdder wrongKeys = new LongAdder();

  /** Connections in plain text where TLS is spoken, or the other way round. */
  final LongAdder mixedTransports = new LongAdder();

  /** Open connections closed because the certificate has expired or its CA is trusted no longer. */
  final LongAdder outdatedCertificates = new LongAdder();

  /** Times that changed certificate files were taken. */
  final LongAdder tlsRenewals = new LongAdder();

  /** Times that changed certificate files could not be used. */
  final LongAdder tlsRenewalFailures = new LongAdder();

  /** The counts by name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("strangers", strangers.sum());
    counts.put("not_allowed", notAllowed.sum());
    counts.put("bad_frames", badFrames.sum());
    counts.put("too_many_connections", tooManyConnections.sum());
    counts.put("full_links", fullLinks.sum());
    counts.put("timeouts", timeouts.sum());
    counts.put("connects", connects.sum());
    counts.put("tls_failures", tlsFailures.sum());
    counts.put("wrong_names", wrongNames.sum());
    counts.put("wrong_keys", wrongKeys.sum());
    counts.put("mixed_transports", mixedTransports.sum());
    counts.put("outdated_certificates", outdatedCertificates.sum());
    counts.put("tls_renewals", tlsRenewals.sum());
    counts.put("tls_renewal_failures", tlsRenewalFailures.sum());
    return counts;
  }
}
