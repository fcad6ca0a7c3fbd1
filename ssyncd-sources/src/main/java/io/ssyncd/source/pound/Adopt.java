package io.ssyncd.source.pound;

/** What becomes of sessions that a Pound has when its node begins to lead. */
public enum Adopt {
  /** Those that the cluster does not know, or knows older, are taken into it. */
  NEWER,
  /** They stay in that Pound and are counted, until their clients come again. */
  NEVER
}
