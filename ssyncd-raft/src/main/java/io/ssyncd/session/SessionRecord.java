package io.ssyncd.session;

/** A replicated record: a key and what is known of it. Immutable. */
public sealed interface SessionRecord permits HttpSession, RecentEntry {
  /** The record's identity. */
  SessionKey key();
}
