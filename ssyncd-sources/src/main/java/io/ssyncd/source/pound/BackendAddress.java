package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/**
 * How Pound announces a backend: its address as inet_ntop(3) writes it, IPv6 compressed, and an
 * IPv4-mapped one as IPv4.
 */
final class BackendAddress {
  private BackendAddress() {}

  /**
   * The texts that a backend with this {@code Address} may be announced by. A host name stands for
   * all addresses that it has now; one that has none is the path of a socket to Pound, and is
   * announced by itself.
   */
  static Set<Bytes> texts(String address) {
    Set<Bytes> texts = new HashSet<>();
    try {
      for (InetAddress resolved : InetAddress.getAllByName(address)) {
        texts.add(Bytes.utf8(text(resolved)));
      }
    } catch (UnknownHostException e) {
      texts.add(Bytes.utf8(address));
    }
    return texts;
  }

  static String text(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    return compressed(groups);
  }

  /** The longest run of two zero groups or more, the first of equals, becomes {@code ::}. */
  private static String compressed(int[] groups) {
    int at = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int run = 0;
      while (i + run < groups.length && groups[i + run] == 0) {
        run++;
      }
      if (run > length) {
        at = i;
        length = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (i == at) {
        text.append("::");
        i += length - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
