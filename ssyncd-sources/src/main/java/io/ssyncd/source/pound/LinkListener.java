package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a link sees. All but {@link #dumped} is called by the thread that reads the link: it
 * must return at once, for Pound's traffic waits for that thread.
 */
interface LinkListener {
  /** One that does not listen. */
  LinkListener NONE = new LinkListener() {};

  /** Connected to that process; its dump comes next. */
  default void connected(PeerProcess process) {}

  /**
   * Pound told of a session; the mirror has it.
   *
   * @param dumping whether this may be an old one, told in a dump
   */
  default void told(Mirrored session, boolean dumping) {}

  /** Pound told that a session is gone; the mirror does not have it any more. */
  default void deleted(HttpKey key, @Nullable Mirrored last) {}

  /**
   * A dump came to its end. Called on the link's other thread.
   *
   * @param absent what this process was seen to hold and does not hold any more; taken out of the
   *     mirror
   */
  default void dumped(Dump dump, List<Mirrored> absent) {}
}
