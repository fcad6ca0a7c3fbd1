package io.ssyncd.node;

import java.util.Locale;

/**
 * Why a sink did not write a record. The words are part of the contract of {@code write -o json}.
 */
public enum Reason {
  /** The farm's configuration has no such listener. */
  UNKNOWN_LISTENER,
  /** The listener has no such service, or one that keeps no sessions. */
  UNKNOWN_SERVICE,
  /** The service has no such backend. */
  UNKNOWN_BACKEND,
  /** The backend of that index has another address. */
  ADDRESS_CHANGED,
  /** The backend is disabled; Pound would send traffic there all the same. */
  DISABLED_BACKEND,
  /** The key is longer than a frame can carry. */
  KEY_SIZE,
  /** It outlived its service's TTL, or its table's seconds: nothing is lost with it. */
  EXPIRED,
  /** No configuration file of the farm is known, so nothing can be checked. */
  NO_CONFIGURATION,
  /** The file was changed after the process had read it. */
  CONFIGURATION_NEWER_THAN_PROCESS,
  /** The kernel has no such table: no rule names it. */
  TABLE_MISSING,
  /** The kernel's table takes no more entries. */
  TABLE_FULL;

  /** The reason in lower case, words joined by hyphens. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
