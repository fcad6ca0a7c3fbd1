package io.ssyncd.node;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether this host has one of the addresses that traffic comes to. Asked by one thread. */
interface VipWatch {
  boolean held();

  /** Looks at the interfaces of this host; without addresses to look for they count as held. */
  static VipWatch of(List<InetAddress> addresses) {
    return addresses.isEmpty() ? () -> true : new Interfaces(addresses);
  }

  /** The real one. */
  final class Interfaces implements VipWatch {
    private static final Logger log = LoggerFactory.getLogger(VipWatch.class);

    private final List<InetAddress> addresses;

    Interfaces(List<InetAddress> addresses) {
      this.addresses = addresses;
    }

    @Override
    public boolean held() {
      for (InetAddress address : addresses) {
        try {
          if (NetworkInterface.getByInetAddress(address) != null) {
            return true;
          }
        } catch (SocketException e) {
          log.warn("the interfaces of this host cannot be read: {}", e.toString());
        }
      }
      return false;
    }
  }
}
