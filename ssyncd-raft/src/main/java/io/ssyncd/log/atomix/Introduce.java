package io.ssyncd.log.atomix;

import io.ssyncd.log.SharedKey;
import io.ssyncd.log.atomix.net.Visit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** How a host without a log, or with an old one, asks a member what becomes of it. */
public final class Introduce {
  private Introduce() {}

  /**
   * Asks the member that listens at an address. Blocks, for some seconds at most.
   *
   * @param who who we are
   * @param to where a member listens
   * @param key what both have to hold
   * @throws IOException if it cannot be asked; says why, for an operator
   */
  public static Introduced ask(Introduction who, InetSocketAddress to, Optional<SharedKey> key)
      throws IOException {
    InetAddress from = InetAddress.getByName(who.address().host());
    byte[] answer = Visit.ask(who.name(), from, to, key, who.encode());
    try {
      return Introduced.decode(answer);
    } catch (IllegalArgumentException e) {
      throw new IOException("the answer to the introduction is " + e.getMessage(), e);
    }
  }
}
