package io.ssyncd.log;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of addresses as CIDR writes it, IPv4 or IPv6.
 *
 * @param network an address of the range
 * @param prefix how many of its leading bits count
 */
public record AddressRange(InetAddress network, int prefix) {
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  public AddressRange {
    if (prefix < 0 || prefix > network.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "/" + prefix + " is no prefix of " + network.getHostAddress());
    }
  }

  /**
   * Reads {@code 10.0.0.0/24}, {@code fd00::/8}, or one address.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!NUMERIC.matcher(address).matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is no address and no CIDR range");
    }
    try {
      InetAddress network = InetAddress.getByName(address);
      int bits = network.getAddress().length * Byte.SIZE;
      int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
      return new AddressRange(network, prefix);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no address and no CIDR range", e);
    }
  }

  /** Whether an address lies in the range; an IPv4 address is in no IPv6 range. */
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int i = 0; i < mine.length; i++) {
      int bits = Math.max(0, Math.min(Byte.SIZE, prefix - i * Byte.SIZE));
      int mask = 0xff00 >> bits & 0xff;
      if (((mine[i] ^ other[i]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
