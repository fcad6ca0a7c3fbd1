package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.ssyncd.log.LogWarning;
import io.ssyncd.log.tls.Credentials;
import io.ssyncd.log.tls.CredentialsException;
import io.ssyncd.log.tls.MemberName;
import io.ssyncd.log.tls.TlsFiles;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this member shows and whom it trusts, with the JDK's TLS: both sides show a certificate, or
 * there is no connection. The files are looked at again while the member runs; new ones are for the
 * connections that come, and the old ones stay if the new cannot be used. Thread-safe.
 */
public final class Tls {
  private static final Logger log = LoggerFactory.getLogger(Tls.class);

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final TlsFiles files;
  private final MemberName self;
  private final NetCounters counters;
  private final ExecutorService handshakes;
  private volatile Present present;
  private volatile @Nullable String failure;
  private volatile Optional<String> exposure;
  private String seen;
  private String unfit = "";

  /**
   * What is used now.
   *
   * @param generation counts up with each renewal
   */
  private record Present(
      Credentials credentials, SslContext server, SslContext client, long generation) {}

  /**
   * Reads the files.
   *
   * @throws CredentialsException naming the file that cannot be used
   */
  Tls(TlsFiles files, MemberName self, NetCounters counters) throws CredentialsException {
    this.files = files;
    this.self = self;
    this.counters = counters;
    this.seen = files.fingerprint();
    this.exposure = files.exposure();
    this.present = open(0);
    this.handshakes = Executors.newSingleThreadExecutor(this::thread);
    log.info(
        "members prove who they are with TLS; the certificate of {} is valid until {}",
        self,
        present.credentials.validUntil());
  }

  /** What a handshake computes is computed beside the threads that members' heartbeats need. */
  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "ssyncd-tls-" + self.member());
    thread.setDaemon(true);
    return thread;
  }

  private Present open(long generation) throws CredentialsException {
    Credentials credentials = Credentials.load(files, self);
    X509Certificate[] chain = credentials.chain().toArray(X509Certificate[]::new);
    try {
      return new Present(
          credentials,
          common(SslContextBuilder.forServer(credentials.key(), chain), credentials)
              .clientAuth(ClientAuth.REQUIRE)
              .build(),
          common(SslContextBuilder.forClient().keyManager(credentials.key(), chain), credentials)
              .build(),
          generation);
    } catch (SSLException e) {
      throw new IllegalStateException("the JDK's TLS refuses what was checked", e);
    }
  }

  private static SslContextBuilder common(SslContextBuilder builder, Credentials credentials) {
    return builder
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .trustManager(credentials.trust());
  }

  /** For a connection that somebody makes to us. */
  ChannelHandler server(ByteBufAllocator allocator) {
    return present.server.newHandler(allocator, handshakes);
  }

  /**
   * For a connection that we make. It carries no host name: whom a certificate is for is compared
   * with the member, not with an address; and nothing is resumed.
   */
  ChannelHandler client(ByteBufAllocator allocator) {
    return present.client.newHandler(allocator, handshakes);
  }

  /** Computes no more handshakes. */
  void close() {
    handshakes.shutdownNow();
  }

  /** Counts up with each renewal. */
  long generation() {
    return present.generation;
  }

  /** Looks whether the files have changed, and takes them if they are good. Reads files. */
  synchronized void look() {
    exposure = files.exposure();
    String now = files.fingerprint();
    if (now.equals(seen)) {
      return;
    }
    try {
      present = open(present.generation + 1);
      seen = now;
      failure = null;
      counters.tlsRenewals.increment();
      log.info("certificate of {} renewed, valid until {}", self, present.credentials.validUntil());
    } catch (CredentialsException e) {
      // Files are replaced one after the other: what does not fit together is looked at once more.
      if (!now.equals(unfit)) {
        unfit = now;
        return;
      }
      seen = now;
      failure = e.getMessage();
      counters.tlsRenewalFailures.increment();
      log.warn("the changed certificate is not taken, the present one stays: {}", e.getMessage());
    }
  }

  /** What an operator should look at. */
  List<LogWarning> warnings() {
    List<LogWarning> all = new ArrayList<>();
    String failed = failure;
    if (failed != null) {
      all.add(
          new LogWarning(
              "tls-renewal-failed",
              "the files of cluster.tls have changed and cannot be used; what was read before stays"
                  + " in use: "
                  + failed));
    }
    exposure.ifPresent(text -> all.add(new LogWarning("key-readable", text)));
    present
        .credentials
        .endsSoon(Instant.now())
        .ifPresent(text -> all.add(new LogWarning("certificate-expires", text)));
    return all;
  }

  /**
   * Whom the other end's certificate names, once the handshake is done.
   *
   * @throws CertificateException if it names nobody, or a member of another cluster
   */
  MemberName peer(Channel channel) throws CertificateException {
    MemberName named = MemberName.of(certificates(channel)[0]);
    if (!named.cluster().equals(self.cluster())) {
      throw new CertificateException(
          "the certificate is of " + named + ", this is cluster " + self.cluster());
    }
    return named;
  }

  /**
   * Why the other end's certificate, which was accepted once, would not be now: it has expired, or
   * its CA is no longer trusted. Null if it would, or if there is no certificate yet.
   */
  @Nullable String objection(Channel channel) {
    try {
      return present.credentials.objection(certificates(channel)).orElse(null);
    } catch (CertificateException notYet) {
      return null;
    }
  }

  private static X509Certificate[] certificates(Channel channel) throws CertificateException {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      throw new CertificateException("there is no TLS in this connection");
    }
    try {
      Certificate[] chain = handler.engine().getSession().getPeerCertificates();
      return Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateException("it has shown no certificate", e);
    }
  }
}
