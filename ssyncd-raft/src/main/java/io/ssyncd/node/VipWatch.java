package io.ssyncd.node;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one of the addresses that traffic comes to is on this host. {@link #look} is called by
 * one thread, the rest by any.
 */
final class VipWatch {
  private static final Logger log = LoggerFactory.getLogger(VipWatch.class);

  private final List<InetAddress> addresses;
  private final Host host;
  private volatile boolean here;
  private volatile @Nullable Warning warning;

  /** Knows this host's addresses. */
  @FunctionalInterface
  interface Host {
    /** Whether the address is on one of this host's interfaces. */
    boolean has(InetAddress address) throws SocketException;

    /** Asks the kernel. */
    Host KERNEL = address -> NetworkInterface.getByInetAddress(address) != null;
  }

  VipWatch(List<InetAddress> addresses, Host host) {
    this.addresses = addresses;
    this.host = host;
    this.here = addresses.isEmpty();
  }

  /** Whether there is any address to watch. */
  boolean isWatching() {
    return !addresses.isEmpty();
  }

  /** Whether traffic comes here, as far as is known; always without addresses to watch. */
  boolean here() {
    return here;
  }

  /** Whether this host holds one of the addresses. */
  boolean holds() {
    return isWatching() && here;
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
    boolean before = here;
    try {
      boolean now = !isWatching();
      for (InetAddress address : addresses) {
        now |= host.has(address);
      }
      here = now;
      warning = null;
    } catch (SocketException e) {
      // What was known last stands: to stop ingesting for this would lose sessions.
      if (warning == null) {
        log.warn("this host's addresses cannot be read", e);
      }
      warning = WarningCode.VIP_UNKNOWN.with("this host's addresses cannot be read: " + e);
    }
    if (before != here) {
      log.info("{} {} this host", addresses, here ? "came to" : "left");
    }
    return before != here;
  }
}
