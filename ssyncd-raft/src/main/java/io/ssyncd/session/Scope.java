package io.ssyncd.session;

import java.nio.charset.StandardCharsets;

/**
 * One farm or one kernel table: the unit that is counted, compared, cleared and written.
 *
 * @param kind which world the scope belongs to
 * @param name the farm's name (1 to 26 bytes) or the table's (1 to 199 bytes) in UTF-8, without a
 *     slash or a NUL
 */
public record Scope(Kind kind, String name) implements Comparable<Scope> {
  /** Pound 2.8a.15 overruns its socket path buffer from the 27th byte on. */
  public static final int MAX_FARM_BYTES = 26;

  /** {@code XT_RECENT_NAME_LEN} of the kernel's xt_recent.h is 200 with the closing NUL. */
  public static final int MAX_TABLE_BYTES = 199;

  public Scope {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    int most = kind == Kind.HTTP ? MAX_FARM_BYTES : MAX_TABLE_BYTES;
    String what = kind == Kind.HTTP ? "farm" : "table";
    if (bytes == 0 || bytes > most) {
      throw new IllegalArgumentException(
          "a " + what + " name has 1 to " + most + " bytes, not " + bytes + ": " + shown(name));
    }
    if (name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0
        || name.equals(".")
        || name.equals("..")) {
      throw new IllegalArgumentException(
          "a " + what + " name is a file name, without a slash or a NUL: " + shown(name));
    }
  }

  /** The scope of a farm. */
  public static Scope farm(String name) {
    return new Scope(Kind.HTTP, name);
  }

  /** The scope of an xt_recent table. */
  public static Scope table(String name) {
    return new Scope(Kind.RECENT, name);
  }

  @Override
  public int compareTo(Scope other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }

  /** {@code http f1}, as operators write it. */
  @Override
  public String toString() {
    return kind.word() + " " + name;
  }

  private static String shown(String name) {
    StringBuilder out = new StringBuilder("\"");
    name.chars()
        .limit(64)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                out.append(String.format("\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.append(name.length() > 64 ? "...\"" : "\"").toString();
  }
}
