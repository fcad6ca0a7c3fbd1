package io.ssyncd.node;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one of the addresses that traffic comes to is on this host: the kernel knows, if they are
 * named; else keepalived's word is taken. {@link #look} is called by one thread, the rest by any.
 */
final class VipWatch {
  private static final Logger log = LoggerFactory.getLogger(VipWatch.class);

  private final List<InetAddress> addresses;
  private final Host host;
  private final @Nullable VrrpStates states;
  private volatile Where where;
  private volatile @Nullable Warning warning;

  /** Where the address is; one word, for nobody may see half of a change. */
  private enum Where {
    UNKNOWN,
    HERE,
    ELSEWHERE
  }

  /** Knows this host's addresses. */
  @FunctionalInterface
  interface Host {
    /** Whether the address is on one of this host's interfaces. */
    boolean has(InetAddress address) throws SocketException;

    /** Asks the kernel. */
    Host KERNEL = address -> NetworkInterface.getByInetAddress(address) != null;
  }

  /**
   * Has not looked yet.
   *
   * @param states what keepalived says; null if it is not heard
   */
  VipWatch(List<InetAddress> addresses, Host host, @Nullable VrrpStates states) {
    this.addresses = addresses;
    this.host = host;
    this.states = states;
    this.where = addresses.isEmpty() ? Where.UNKNOWN : Where.ELSEWHERE;
  }

  /** Whether there is any way to know. */
  boolean isWatching() {
    return !addresses.isEmpty() || states != null;
  }

  /** Whether traffic comes here, as far as is known; always if there is no way to know. */
  boolean here() {
    return where != Where.ELSEWHERE;
  }

  /** Whether this host holds one of the addresses. */
  boolean holds() {
    return where == Where.HERE;
  }

  /** In a word, for the status. */
  String word() {
    if (!isWatching()) {
      return "unwatched";
    }
    return where.name().toLowerCase(Locale.ROOT);
  }

  @Nullable Warning warning() {
    return warning;
  }

  /**
   * Looks.
   *
   * @return whether the answer changed
   */
  boolean look() {
    Where before = where;
    if (!addresses.isEmpty()) {
      askHost();
    } else if (states != null) {
      hear(states.master());
    }
    if (before != where) {
      log.info("the address {} this host", where == Where.HERE ? "is on" : "is not on");
    }
    return before != where;
  }

  private void askHost() {
    try {
      boolean now = false;
      for (InetAddress address : addresses) {
        now |= host.has(address);
      }
      where = now ? Where.HERE : Where.ELSEWHERE;
      warning = null;
    } catch (SocketException e) {
      // What was known last stands: to stop ingesting for this would lose sessions.
      if (warning == null) {
        log.warn("this host's addresses cannot be read", e);
      }
      warning = WarningCode.VIP_UNKNOWN.with("this host's addresses cannot be read: " + e);
    }
  }

  private void hear(@Nullable Boolean master) {
    where = master == null ? Where.UNKNOWN : master ? Where.HERE : Where.ELSEWHERE;
    warning =
        master != null
            ? null
            : WarningCode.VIP_UNKNOWN.with(
                "keepalived has said nothing since this daemon started, so nobody knows whether"
                    + " traffic comes here; name the address in promotion.vip, or wait for"
                    + " keepalived's next word");
  }
}
