package io.ssyncd.ctl;

import io.ssyncd.cli.Foreign;
import java.util.Locale;

/**
 * Text and numbers in columns of a terminal. A name that is too long loses its middle; a number
 * that is too wide is rounded. Control characters are shown, not obeyed.
 */
final class Columns {
  /** As wide as every layout is allowed to be. */
  static final int WIDTH = 80;

  private static final String CUT = "..";
  private static final String UNITS = "KMGTPE";

  private Columns() {}

  /** At the left of so many columns. */
  static String left(String text, int width) {
    String fits = fit(text, width);
    return fits + " ".repeat(width - width(fits));
  }

  /** At the right of so many columns. */
  static String right(String text, int width) {
    String fits = fit(text, width);
    return " ".repeat(width - width(fits)) + fits;
  }

  /** A number at the right of so many columns: as it is, or rounded down to 1.2M and the like. */
  static String right(long number, int width) {
    return right(number(number, width), width);
  }

  /** At most so many columns; what is cut out of the middle leaves two dots. */
  static String fit(String text, int width) {
    String shown = Foreign.shown(text);
    if (width(shown) <= width) {
      return shown;
    }
    if (width <= CUT.length()) {
      return ".".repeat(width);
    }
    int tail = (width - CUT.length()) / 2;
    return head(shown, width - CUT.length() - tail) + CUT + tail(shown, tail);
  }

  /** A number in at most so many columns, as exactly as they allow. */
  static String number(long number, int width) {
    String whole = Long.toString(number);
    if (whole.length() <= width || number < 0) {
      return whole;
    }
    double value = number;
    for (int unit = 0; unit < UNITS.length(); unit++) {
      value /= 1000;
      if (value < 1000) {
        for (String format : new String[] {"%.2f", "%.1f", "%.0f"}) {
          String text = String.format(Locale.ROOT, format, value) + UNITS.charAt(unit);
          if (text.length() <= width) {
            return text;
          }
        }
      }
    }
    return whole;
  }

  /** Columns that a terminal takes for text without control characters. */
  static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  private static String head(String text, int width) {
    int end = 0;
    int used = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      used += width(codePoint);
      if (used > width) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }

  private static String tail(String text, int width) {
    int begin = text.length();
    int used = 0;
    while (begin > 0) {
      int codePoint = text.codePointBefore(begin);
      used += width(codePoint);
      if (used > width) {
        break;
      }
      begin -= Character.charCount(codePoint);
    }
    return text.substring(begin);
  }

  /** Marks take no column, characters of East Asia and pictures two. */
  private static int width(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        codePoint >= 0x1100
            && (codePoint <= 0x115F
                || codePoint >= 0x2E80 && codePoint <= 0xA4CF
                || codePoint >= 0xAC00 && codePoint <= 0xD7A3
                || codePoint >= 0xF900 && codePoint <= 0xFAFF
                || codePoint >= 0xFE30 && codePoint <= 0xFE6F
                || codePoint >= 0xFF00 && codePoint <= 0xFF60
                || codePoint >= 0xFFE0 && codePoint <= 0xFFE6
                || codePoint >= 0x1F300 && codePoint <= 0x1FAFF
                || codePoint >= 0x20000 && codePoint <= 0x3FFFD);
    return wide ? 2 : 1;
  }
}
