package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;

/**
 * A frame of Pound's session-sync socket, as Pound 2.8a.15 (Zevenet) speaks it. All integers are
 * little-endian:
 *
 * <pre>
 * ef ab | 06 | len u16 | action u8 | n u8, farm[n]
 *   actions 0, 2 to 5 go on:  listener u32 | service u32 | backend u32 | k u8, key[k]
 *   actions 2, 4, 5 go on:    c u8, address[c] | lastAccess u64, Unix seconds
 * </pre>
 */
public sealed interface Frame {
  /** Action 1, to Pound: send all sessions, then tell of changes. */
  record SyncRequest(String farm) implements Frame {}

  /** Action 2, from Pound: a session of a dump, or a new one. */
  record Add(HttpSession session) implements Frame {}

  /** Action 4, from Pound: a session was used; at most one a second for each. */
  record Update(HttpSession session) implements Frame {}

  /** Action 3, from Pound: a session is gone. */
  record Delete(HttpKey key) implements Frame {}

  /** Action 5, to Pound: this session is now so. Key and address end before a NUL. */
  record Write(HttpSession session) implements Frame {}

  /** Action 0, which Pound ignores and never sends. */
  record Other(int action) implements Frame {}
}
