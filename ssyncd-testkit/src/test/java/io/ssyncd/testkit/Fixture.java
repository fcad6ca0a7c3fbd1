package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Farm.Backend;
import io.ssyncd.pound.standin.Farm.Listener;
import io.ssyncd.pound.standin.Farm.Service;
import io.ssyncd.pound.standin.SessionType;
import java.util.List;

/** The farm that the captures come from, as far as they show it, and some services more. */
final class Fixture {
  static final String FARM = "f1";

  /** Longer than any test, and than the time since the captures were taken. */
  static final int LONG = 1_000_000_000;

  /** Of the header service of {@link #expiring}. */
  static final int SHORT = 5;

  /** Services of listener 1 that no capture shows. */
  static final int IPV6 = 2;

  static final int REDIRECTING = 3;

  private Fixture() {}

  static Farm farm() {
    return farm(LONG);
  }

  /** The same, with sessions of listener 1, service 1 that live {@link #SHORT} seconds. */
  static Farm expiring() {
    return farm(SHORT);
  }

  private static Farm farm(int headerTtl) {
    return new Farm(
        FARM,
        List.of(
            listener(
                service("ip", SessionType.IP, "", LONG, 2),
                service("cookie", SessionType.COOKIE, "sid", LONG, 2),
                service("url", SessionType.URL, "id", LONG, 2),
                service("parm", SessionType.PARM, "", LONG, 2)),
            listener(
                service("basic", SessionType.BASIC, "", LONG, 2),
                service("header", SessionType.HEADER, "X-User", headerTtl, 3),
                new Service(
                    "v6", SessionType.HEADER, "X-User", LONG, List.of(Backend.of("::1", 0))),
                new Service(
                    "redirect",
                    SessionType.HEADER,
                    "X-User",
                    LONG,
                    List.of(
                        new Backend(Backend.REDIRECT, 0, 1, false),
                        new Backend("127.0.0.1", 0, 9, true))))));
  }

  private static Listener listener(Service... services) {
    return new Listener("127.0.0.1", 0, List.of(services));
  }

  private static Service service(String name, SessionType type, String id, int ttl, int backends) {
    return new Service(
        name, type, id, ttl, java.util.Collections.nCopies(backends, Backend.of("127.0.0.1", 0)));
  }
}
