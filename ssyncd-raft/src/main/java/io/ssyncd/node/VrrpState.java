package io.ssyncd.node;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What keepalived 2.2 may call the state of an instance; the words of its notify FIFO. */
enum VrrpState {
  /** Holds the addresses. */
  MASTER,
  /** Does not; another one does, or nobody yet. */
  BACKUP,
  /** May not, for something that is tracked is broken. */
  FAULT,
  /** keepalived ends. */
  STOP,
  /** Heard a master of lower priority, and stays one. */
  MASTER_RX_LOWER_PRI,
  /** A master whose priority changed (vrrp_notify_priority_changes). */
  MASTER_PRIORITY,
  /** A backup whose priority changed. */
  BACKUP_PRIORITY;

  /** Whether the addresses are here. */
  boolean isMaster() {
    return this == MASTER || this == MASTER_RX_LOWER_PRI || this == MASTER_PRIORITY;
  }

  /** The state of that word; null if there is none. */
  static @Nullable VrrpState of(String word) {
    for (VrrpState state : values()) {
      if (state.name().equals(word.toUpperCase(Locale.ROOT))) {
        return state;
      }
    }
    return null;
  }
}
