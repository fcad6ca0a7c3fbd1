package io.ssyncd.daemon.settings;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen at or to talk to.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
  /** How an address is written, for messages. */
  public static final String EXPECTED = "is host:port, an IPv6 address in brackets";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

  /**
   * Reads {@code host:port}; empty if that is not what it is, or the port is below {@code least}.
   */
  public static Optional<HostPort> parse(String text, int least) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(form.group(3));
    String host = form.group(1) != null ? form.group(1) : form.group(2);
    return port < least || port > 65535 ? Optional.empty() : Optional.of(new HostPort(host, port));
  }
}
