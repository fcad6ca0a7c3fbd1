package io.ssyncd.daemon.settings;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.tls.Credentials;
import io.ssyncd.log.tls.CredentialsException;
import io.ssyncd.log.tls.MemberName;
import io.ssyncd.log.tls.TlsFiles;
import io.ssyncd.node.Warning;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What {@code cluster.tls} has to say. Between hosts plain text has to be asked for by name:
 * whoever reads the wire reads session keys, and whoever writes to it rewrites sessions.
 */
final class TransportRules {
  private final List<Warning> warnings;

  TransportRules(List<Warning> warnings) {
    this.warnings = warnings;
  }

  /**
   * Reads the section, and the files that it names.
   *
   * @param self whose certificate it has to be; empty if that is not known, for another error
   * @return empty for plain text
   */
  Optional<TlsFiles> check(
      Section cluster,
      SortedMap<String, LogConfig.MemberAddress> members,
      Optional<MemberName> self) {
    Section tls = cluster.section("tls");
    boolean enabled = tls.bool("enabled", true);
    boolean files = tls.has("certificate") | tls.has("key") | tls.has("ca");
    if (tls.present() && enabled) {
      Optional<TlsFiles> read = files(cluster, tls, files);
      tls.end();
      read.ifPresent(found -> self.ifPresent(name -> load(tls, found, name)));
      return read;
    }
    tls.end();
    plainText(cluster, tls.present(), members);
    return Optional.empty();
  }

  private static Optional<TlsFiles> files(Section cluster, Section tls, boolean any) {
    if (!any) {
      cluster.wrong("tls", "has no certificate, key and ca; plain text is tls { enabled = false }");
      return Optional.empty();
    }
    boolean all =
        !tls.required("certificate").isEmpty()
            & !tls.required("key").isEmpty()
            & !tls.required("ca").isEmpty();
    Path certificate = tls.path("certificate", "");
    Path key = tls.path("key", "");
    Path ca = tls.path("ca", "");
    return all ? Optional.of(new TlsFiles(certificate, key, ca)) : Optional.empty();
  }

  private void load(Section tls, TlsFiles files, MemberName self) {
    try {
      Credentials credentials = Credentials.load(files, self);
      files.exposure().ifPresent(text -> warnings.add(new Warning("key-readable", text)));
      credentials
          .endsSoon(Instant.now())
          .ifPresent(text -> warnings.add(new Warning("certificate-expires", text)));
    } catch (CredentialsException e) {
      tls.wrong(e.part().word(), String.valueOf(e.getMessage()));
    }
  }

  private void plainText(
      Section cluster, boolean stated, SortedMap<String, LogConfig.MemberAddress> members) {
    boolean loopback = members.values().stream().allMatch(member -> isLoopback(member.host()));
    if (!stated && !loopback) {
      cluster.wrong(
          "tls",
          "is missing, and not all members are on loopback: name a certificate, key and ca (ssyncd"
              + " tls init makes them), or say tls { enabled = false }");
    }
    if (stated && loopback) {
      return;
    }
    warnings.add(
        new Warning(
            "plain-text",
            loopback
                ? "cluster.tls is not stated: members talk in plain text, over loopback only"
                : "members talk in plain text: whoever can read or write this network can read"
                    + " and rewrite sessions"));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // A name that nobody knows yet is not known to be on this host.
      return false;
    }
  }
}
