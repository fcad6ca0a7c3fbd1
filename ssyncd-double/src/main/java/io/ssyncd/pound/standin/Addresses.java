package io.ssyncd.pound.standin;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses as Pound writes them into a session's content. */
final class Addresses {
  /**
   * What Pound sends for a backend that is a Unix socket: the first byte of its {@code sockaddr},
   * which is the family's number, up to a zero byte.
   */
  static final String UNIX_SOCKET = "\u0001";

  private static final int GROUPS = 8;

  private Addresses() {}

  /**
   * What Pound sends for an {@code Address}: the IP as {@code inet_ntop} writes it. A name is
   * resolved; what does not resolve is a Unix socket to Pound.
   */
  static String content(String address) {
    try {
      return text(InetAddress.getByName(address).getAddress());
    } catch (UnknownHostException e) {
      // The real parser takes this for a path; so does the stand-in.
      return UNIX_SOCKET;
    }
  }

  private static String text(byte[] address) {
    return address.length == 4 ? v4(address) : v6(address);
  }

  private static String v4(byte[] a) {
    return (a[0] & 0xff) + "." + (a[1] & 0xff) + "." + (a[2] & 0xff) + "." + (a[3] & 0xff);
  }

  /** The longest run of two or more zero groups becomes {@code ::}, the first of equal ones. */
  private static String v6(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
    }
    int from = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = zeros(groups, i);
      if (run > length) {
        from = i;
        length = run;
      }
    }
    if (from < 0) {
      return join(groups, 0, GROUPS);
    }
    return join(groups, 0, from) + "::" + join(groups, from + length, GROUPS);
  }

  private static int zeros(int[] groups, int from) {
    int i = from;
    while (i < GROUPS && groups[i] == 0) {
      i++;
    }
    return i - from;
  }

  private static String join(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
