package io.ssyncd.source.pound;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a frame from Pound means: keeps the mirror and tells the listener. Belongs to the thread
 * that reads the link, but for its counters and the numbers of dumps.
 */
final class FrameIntake {
  private final Mirror mirror;
  private final FarmFile farm;
  private final HostClock clock;
  private volatile LinkListener listener = LinkListener.NONE;
  private final AtomicLong generation = new AtomicLong();
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong unexpected = new AtomicLong();
  private final AtomicLong traffic = new AtomicLong();

  FrameIntake(Mirror mirror, FarmFile farm, HostClock clock) {
    this.mirror = mirror;
    this.farm = farm;
    this.clock = clock;
  }

  /** Who hears of what the frames mean; one at most. */
  void listen(LinkListener by) {
    listener = by;
  }

  /** The number of a dump that is about to be asked for; what is told from now on carries it. */
  long nextGeneration() {
    return generation.incrementAndGet();
  }

  /** How many frames came. */
  long events() {
    return events.get();
  }

  /** How many sessions clients made or used: told of, but not because they were asked for. */
  long traffic() {
    return traffic.get();
  }

  /** How many additions were dropped because their session had outlived its TTL. */
  long late() {
    return late.get();
  }

  /** How many frames came that Pound does not send. */
  long unexpected() {
    return unexpected.get();
  }

  /** Takes a frame; {@code running} is the dump under way. */
  void take(Frame frame, @Nullable WholeDump running) {
    events.incrementAndGet();
    if (frame instanceof Frame.Add add) {
      told(add.session(), running, running != null);
    } else if (frame instanceof Frame.Update update) {
      told(update.session(), running, false);
    } else if (frame instanceof Frame.Delete delete) {
      deleted(delete.key(), running);
    } else {
      unexpected.incrementAndGet();
    }
  }

  private void told(HttpSession session, @Nullable WholeDump running, boolean dumping) {
    if (Canary.is(session.key())) {
      if (running != null) {
        running.canary(session.key());
      }
      return;
    }
    if (running != null) {
      running.frame();
    } else {
      traffic.incrementAndGet();
    }
    // Pound walks its table unlocked: an addition can come after its deletion.
    if (farm.expired(session, clock)) {
      late.incrementAndGet();
      return;
    }
    Mirrored held = mirror.put(dumping ? session : placed(session), generation.get());
    if (held != null) {
      listener.told(held, dumping);
    }
  }

  /**
   * A session that was used just now, by a clock that may have been set back: in the cluster, whose
   * other members' clocks were not, its time goes on.
   */
  private HttpSession placed(HttpSession session) {
    long behind = clock.behindMillis() / 1000 * 1000; // Pound's times are whole seconds
    return behind == 0
        ? session
        : new HttpSession(
            session.key(), session.backend(), session.address(), session.lastAccessMs() + behind);
  }

  private void deleted(HttpKey key, @Nullable WholeDump running) {
    if (running != null) {
      running.frame();
    }
    if (!Canary.is(key)) {
      listener.deleted(key, mirror.remove(key));
    }
  }
}
