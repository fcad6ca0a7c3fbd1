package io.ssyncd.source.pound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** IP addresses as text, in any of their forms. Never asks a name server. */
final class BackendAddress {
  private static final int MAX_CHARS = 64;

  private BackendAddress() {}

  /**
   * The address behind a text: IPv4 in four decimal parts, or IPv6 in any form. An IPv4-mapped one
   * counts as the IPv4 address, as which Pound announces it; a zone ({@code %eth0}) is left out,
   * for Pound announces none.
   *
   * @return empty if it is a name, or anything else
   */
  static Optional<InetAddress> parse(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return Optional.empty();
    }
    return text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);
  }

  private static Optional<InetAddress> ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    byte[] bytes = new byte[4];
    if (parts.length != bytes.length) {
      return Optional.empty();
    }
    for (int i = 0; i < bytes.length; i++) {
      String part = parts[i];
      boolean decimal =
          !part.isEmpty()
              && part.length() <= 3
              && part.chars().allMatch(c -> c >= '0' && c <= '9')
              && (part.length() == 1 || part.charAt(0) != '0');
      int value = decimal ? Integer.parseInt(part) : 256;
      if (value > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) value;
    }
    return of(bytes);
  }

  private static Optional<InetAddress> ipv6(String text) {
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    boolean literal =
        plain.indexOf(':') >= 0 && plain.chars().allMatch(c -> c == ':' || c == '.' || isHex(c));
    if (!literal) {
      return Optional.empty();
    }
    try {
      // What has a colon is a literal to Java: parsed or refused, and never looked up.
      return Optional.of(InetAddress.getByName(plain));
    } catch (UnknownHostException e) {
      return Optional.empty(); // no address: that is the answer
    }
  }

  private static Optional<InetAddress> of(byte[] bytes) {
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  private static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
