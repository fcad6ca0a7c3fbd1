package io.ssyncd.source.pound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes XML of what {@code poundctl -X} prints, which looks like it: one element a line, but values
 * stand there as they are, with any byte in them, and a quote only has a backslash before it.
 *
 * <p>Bytes of a key or a name that XML would take for something else become characters of its
 * private use area; {@link #bytes} takes them back. Backends are left out: nobody asks for them,
 * and the address of one that is a UNIX socket is no text.
 */
final class PoundctlText extends Reader {
  /** More than the tool prints for a session or a service. */
  private static final int MAX_LINE_BYTES = 8 * 1024;

  private static final char PRIVATE_USE = '\uE000';

  private final InputStream from;
  private final long mostBytes;
  private long taken;
  private String line = "";
  private int at;

  PoundctlText(InputStream from, long mostBytes) {
    this.from = new BufferedInputStream(from, 1 << 16);
    this.mostBytes = mostBytes;
  }

  /** The bytes of a value as the XML reader gives it. */
  static byte[] bytes(String value) {
    byte[] bytes = new byte[value.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = value.charAt(i);
      bytes[i] = (byte) (c >= PRIVATE_USE ? c - PRIVATE_USE : c);
    }
    return bytes;
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    while (at == line.length()) {
      String next = next();
      if (next == null) {
        return -1;
      }
      line = next.startsWith("<backend ") ? "" : wellFormed(next);
      at = 0;
    }
    int count = Math.min(length, line.length() - at);
    line.getChars(at, at + count, to, offset);
    at += count;
    return count;
  }

  /** A line with its end, and with those that follow if a key has line feeds; null at the end. */
  private @Nullable String next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = from.read(); b >= 0; b = from.read()) {
      if (++taken > mostBytes) {
        throw new IOException("its output is longer than " + mostBytes + " bytes");
      }
      bytes.write(b);
      if (bytes.size() > MAX_LINE_BYTES) {
        throw new IOException("its output has a line of more than " + MAX_LINE_BYTES + " bytes");
      }
      if (b == '\n') {
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        if (!text.startsWith("<session ") || text.endsWith("/>\n")) {
          return text;
        }
      }
    }
    return bytes.size() == 0 ? null : bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static String wellFormed(String text) {
    if (text.startsWith("<session ")) {
      return escaped(text, "key=\"", "\" backend=\"");
    }
    if (text.startsWith("<service ")) {
      String named = text.replace(" DISABLED>", " status=\"DISABLED\">");
      return escaped(named, "name=\"", "\" status=\"");
    }
    return text;
  }

  /** The value between these two, the last of the second: a key may look like it. */
  private static String escaped(String text, String before, String after) {
    int begin = text.indexOf(before) + before.length();
    int end = text.lastIndexOf(after);
    if (begin < before.length() || end < begin) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, begin);
    for (int i = begin; i < end; i++) {
      char c = text.charAt(i);
      boolean escape = c == '\\' && i + 1 < end && text.charAt(i + 1) == '"';
      if (!escape) {
        boolean plain = c >= ' ' && c < 0x7f && "&<>\"'".indexOf(c) < 0;
        out.append(plain ? c : (char) (PRIVATE_USE + c));
      }
    }
    return out.append(text, end, text.length()).toString();
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
