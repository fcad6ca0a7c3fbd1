package io.ssyncd.session;

/**
 * What is started and stopped as one: a farm ({@code http f1}), or all xt_recent tables of this
 * host together ({@code recent *}).
 *
 * @param kind the kind of its records
 * @param name the farm's name; {@value #ALL_TABLES} for the kernel's tables
 */
public record Feed(Kind kind, String name) implements Comparable<Feed> {
  /** The name of the one feed that all kernel tables share. */
  public static final String ALL_TABLES = "*";

  /** The kernel's tables. */
  public static final Feed RECENT = new Feed(Kind.RECENT, ALL_TABLES);

  public Feed {
    if (kind == Kind.HTTP) {
      Scope.farm(name);
    } else if (!name.equals(ALL_TABLES)) {
      throw new IllegalArgumentException("the kernel's tables are one feed, \"*\", not " + name);
    }
  }

  /** The feed of a farm. */
  public static Feed farm(String name) {
    return new Feed(Kind.HTTP, name);
  }

  /** Whether records of {@code scope} come through this feed. */
  public boolean covers(Scope scope) {
    return scope.kind() == kind && (kind == Kind.RECENT || scope.name().equals(name));
  }

  @Override
  public int compareTo(Feed other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind.word() + " " + name;
  }
}
