package io.ssyncd.ctl;

/** What most verbs work on. */
enum Kinds {
  HTTP,
  RECENT;

  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public String toString() {
    return word();
  }
}
