package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Notices traffic through the Pound of a node that does not lead: its sessions are kept by nobody.
 * A dump, a write and the sweep by which Pound expires sessions each 60 s tell of sessions as well,
 * so only changes in {@value #WINDOWS} windows in a row count, none of them near a write. On the
 * node's thread, but for {@link #warning}.
 */
final class FollowerTraffic {
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int WINDOWS = 3;

  private final Duration window;
  private final Map<Feed, Seen> seen = new HashMap<>();
  private long lastLook;
  private volatile @Nullable Warning warning;

  private record Seen(long events, int windows) {}

  FollowerTraffic() {
    this(WINDOW);
  }

  FollowerTraffic(Duration window) {
    this.window = window;
    this.lastLook = System.nanoTime();
  }

  @Nullable Warning warning() {
    return warning;
  }

  /** To be called at least once a window. */
  void tick(boolean leads, List<LocalFeed> feeds) {
    if (leads) {
      seen.clear();
      warning = null;
      return;
    }
    long now = System.nanoTime();
    if (now - lastLook < window.toNanos()) {
      return;
    }
    lastLook = now;
    TreeSet<String> busy = new TreeSet<>();
    for (LocalFeed local : feeds) {
      if (local.feed().kind() == Kind.HTTP && look(local) >= WINDOWS) {
        busy.add(local.feed().name());
      }
    }
    warning =
        busy.isEmpty()
            ? null
            : WarningCode.FOLLOWER_TRAFFIC.with(
                "sessions change in this node's Pound, but another node leads: they are not kept."
                    + " Does the address of farms "
                    + String.join(", ", busy)
                    + " point here?");
  }

  private int look(LocalFeed local) {
    long events = local.events();
    Seen before = seen.get(local.feed());
    boolean moved =
        before != null
            && events > before.events()
            && local.sinkState() != SinkState.WRITING
            && !local.writtenWithin(window);
    int windows = before == null || !moved ? 0 : before.windows() + 1;
    seen.put(local.feed(), new Seen(events, windows));
    return windows;
  }
}
