package io.ssyncd.session;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The identity of an xt_recent entry.
 *
 * @param table the table's name, see {@link Scope#MAX_TABLE_BYTES}
 * @param address the client's address in network order: 4 bytes (IPv4) or 16 (IPv6)
 */
public record RecentKey(String table, Bytes address) implements SessionKey, Comparable<RecentKey> {
  public RecentKey {
    if (address.length() != 4 && address.length() != 16) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length());
    }
  }

  @Override
  public Scope scope() {
    return Scope.table(table);
  }

  /** By table and address; for the reason that {@link HttpKey#compareTo} gives. */
  @Override
  public int compareTo(RecentKey other) {
    int order = table.compareTo(other.table);
    return order != 0 ? order : address.compareTo(other.address);
  }

  /** Whether the address is an IPv6 one. */
  public boolean isIpv6() {
    return address.length() == 16;
  }

  /** The address as text, as {@link InetAddress#getHostAddress()} writes it. */
  public String addressText() {
    try {
      return InetAddress.getByAddress(address.toArray()).getHostAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes were checked on construction", e);
    }
  }

  @Override
  public String toString() {
    return "recent " + table + " " + addressText();
  }
}
