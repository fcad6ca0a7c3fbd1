package io.ssyncd.daemon.control;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom an operator looks for: the key of a session as {@code show} prints it, the address of a
 * client, or the name that reports call a session by. The bytes of a key that are no text can be
 * given as {@code \xNN}, and a backslash as {@code \\}.
 */
final class Needle {
  private static final int MAX_CHARS = 1024;

  /** As reports have it, and as {@code show} prints a key that is not shown. */
  private static final Pattern NAME = Pattern.compile("(?:hidden-)?([0-9a-f]{8})");

  private final Bytes utf8;
  private final Bytes latin1;
  private final @Nullable String name;
  private final @Nullable Bytes address;

  private Needle(String text, Bytes utf8, Bytes latin1) {
    this.utf8 = utf8;
    this.latin1 = latin1;
    Matcher named = NAME.matcher(text);
    this.name = named.matches() ? named.group(1) : null;
    this.address = address(text);
  }

  /**
   * Whom this text names.
   *
   * @throws IllegalArgumentException if it names nobody
   */
  static Needle of(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "whom? a key or an address of 1 to " + MAX_CHARS + " characters");
    }
    return new Needle(text, Bytes.of(unescaped(text, true)), Bytes.of(unescaped(text, false)));
  }

  /** Whether a record of this key is one that is looked for. */
  boolean matches(SessionKey key) {
    if (key instanceof HttpKey http) {
      Bytes its = http.key();
      return its.equals(utf8) || its.equals(latin1) || KeyName.of(its).equals(name);
    }
    return address != null && key instanceof RecentKey recent && recent.address().equals(address);
  }

  /** The bytes of an address in digits; null of anything else, which is not asked a name server. */
  private static @Nullable Bytes address(String text) {
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) {
      return null;
    }
    try {
      return Bytes.of(InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static byte[] unescaped(String text, boolean asUtf8) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < text.length(); ) {
      if (text.startsWith("\\\\", at)) {
        out.write('\\');
        at += 2;
      } else if (isHexEscape(text, at)) {
        out.write(Integer.parseInt(text.substring(at + 2, at + 4), 16));
        at += 4;
      } else {
        int codePoint = text.codePointAt(at);
        byte[] bytes =
            Character.toString(codePoint)
                .getBytes(asUtf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        out.write(bytes, 0, bytes.length);
        at += Character.charCount(codePoint);
      }
    }
    return out.toByteArray();
  }

  private static boolean isHexEscape(String text, int at) {
    return text.startsWith("\\x", at)
        && at + 4 <= text.length()
        && Character.digit(text.charAt(at + 2), 16) >= 0
        && Character.digit(text.charAt(at + 3), 16) >= 0;
  }
}
