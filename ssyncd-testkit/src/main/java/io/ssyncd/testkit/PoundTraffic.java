package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.SessionType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests over HTTP whose session key, to a service of a certain type, is a given one. */
final class PoundTraffic {
  /** A Pound that stands still because its client does not read answers late. */
  private static final int TIMEOUT_MILLIS = 120_000;

  private PoundTraffic() {}

  /**
   * Makes one request and waits for the whole answer.
   *
   * @param key for {@link SessionType#IP} the text of a loopback address, for the others bytes that
   *     the type's pattern takes (no blank, no line end)
   * @return the status line of the answer; empty if the connection was closed without one
   */
  static String request(Farm farm, int listener, int service, byte[] key) throws IOException {
    Farm.Listener at = farm.listeners().get(listener);
    Farm.Service to = at.services().get(service);
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      if (to.type() == SessionType.IP) {
        String source = new String(key, StandardCharsets.ISO_8859_1);
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
      }
      socket.connect(new InetSocketAddress(at.address(), at.port()), TIMEOUT_MILLIS);
      socket.getOutputStream().write(head(to, service, key));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.lines().findFirst().orElse("");
    }
  }

  private static byte[] head(Farm.Service to, int service, byte[] keyBytes) {
    String key = new String(keyBytes, StandardCharsets.ISO_8859_1);
    String path = "/s" + service + "/";
    String header = "";
    switch (to.type()) {
      case COOKIE -> header = "Cookie: " + to.id() + "=" + key + "\r\n";
      case URL -> path += "?" + to.id() + "=" + key;
      case PARM -> path += ";" + key;
      case BASIC -> header = "Authorization: Basic " + key + "\r\n";
      case HEADER -> header = to.id() + ": " + key + "\r\n";
      case IP, NONE -> {}
    }
    String head = "GET " + path + " HTTP/1.0\r\nHost: x\r\n" + header + "\r\n";
    return head.getBytes(StandardCharsets.ISO_8859_1);
  }
}
