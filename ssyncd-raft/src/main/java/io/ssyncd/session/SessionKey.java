package io.ssyncd.session;

/** The identity of a record: its scope and what names it there. Immutable. */
public sealed interface SessionKey permits HttpKey, RecentKey {
  /** The farm or table that the record belongs to. */
  Scope scope();
}
