package io.ssyncd.source.pound;

import java.util.Locale;
import java.util.Set;

/** The directives that Pound 2.8a.15 knows, in any block, those for its WAF included. */
final class KnownDirectives {
  private static final Set<String> NAMES =
      Set.of(
          ("user group name rootjail daemon threads threadmodel logfacility loglevel grace alive"
                  + " sslengine control controluser controlgroup controlmode client dynscale"
                  + " timeout wstimeout connto ignore100continue ignorecase ecdhcurve dhparams"
                  + " anonymise wafrules wafbodysize listenhttp listenhttps service end address"
                  + " port xhttp checkurl err414 err500 err501 err503 errnossl nosslredirect"
                  + " maxrequest headremove addheader removeresponsehead addresponseheader"
                  + " rewritelocation rewritedestination forcehttp10 cert certdir clientcert"
                  + " disable sslallowclientrenegotiation sslhonorcipherorder ciphers calist"
                  + " verifylist crllist nohttps11 forwardsni ssluncleanshutdown url orurls"
                  + " headrequire headdeny stricttransportsecurity redirect redirectappend"
                  + " redirectdynamic backend emergency backendcookie session disabled key"
                  + " priority haport https type ttl id")
              .split(" "));

  private KnownDirectives() {}

  static boolean has(String directive) {
    return NAMES.contains(directive.toLowerCase(Locale.ROOT));
  }
}
