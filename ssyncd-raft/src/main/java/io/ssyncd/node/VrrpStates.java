package io.ssyncd.node;

import io.ssyncd.log.MinuteRation;
import io.ssyncd.log.RepeatedFailure;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last word of keepalived on each of its instances that counts here. Thread-safe.
 *
 * <p>An instance counts until keepalived takes its word back, which it does when the instance is
 * removed from its file: at a reload it says FAULT of it. All else that is left of it goes with
 * that keepalived: one that ends says STOP of each of its instances, and the next one names each of
 * its own when it starts; so at the first word after a STOP nothing counts any more that was said
 * before. A FIFO that is made anew tells nothing: a reload does that too, and says nothing of a
 * master that stays one. (All of it seen with keepalived 2.2.7.) One that is killed and comes back
 * with another file is not told from one whose other instances changed their states; where that
 * matters, {@code promotion.vip} has the kernel's word instead.
 */
final class VrrpStates {
  /** More instances than that are not kept apart; keepalived's identifiers end at 255 a network. */
  static final int MAX_INSTANCES = 255;

  /** An instance that changes all the time does not fill the log: so many changes in a minute. */
  private static final int MOST_SAID = 100;

  private static final Logger log = LoggerFactory.getLogger(VrrpStates.class);

  private final Set<String> wanted;
  private final SortedMap<String, VrrpState> last = new TreeMap<>();
  private final MinuteRation changes = new MinuteRation(MOST_SAID);
  private final RepeatedFailure noRoom = new RepeatedFailure();

  /** Whether an instance that counts was ever heard of: it is known then that none is master. */
  private boolean heard;

  /** Whether the keepalived that spoke last has said that it ends. */
  private boolean ended;

  /**
   * Nothing said yet.
   *
   * @param wanted the names of the instances that count; empty: all
   */
  VrrpStates(List<String> wanted) {
    this.wanted = Set.copyOf(wanted);
  }

  /**
   * Notes a line.
   *
   * @return whether it says something new of an instance that counts
   */
  synchronized boolean heard(VrrpLine line) {
    if (line.group() || !wanted.isEmpty() && !wanted.contains(line.name())) {
      return false;
    }
    boolean ends = line.state() == VrrpState.STOP;
    if (ended && !ends) {
      last.clear();
    }
    ended = ends;
    heard = true;
    if (!last.containsKey(line.name()) && last.size() >= MAX_INSTANCES) {
      long times = noRoom.toSay(System.nanoTime());
      if (times > 0) {
        log.warn(
            "instance {} does not count: {} do already; {} times since this was said",
            line.name(),
            MAX_INSTANCES,
            times);
      }
      return false;
    }
    VrrpState before = last.put(line.name(), line.state());
    if (before == line.state()) {
      return false;
    }
    say(line);
    return true;
  }

  private void say(VrrpLine line) {
    changes
        .toSay(System.nanoTime())
        .ifPresent(
            unsaid ->
                log.info(
                    "keepalived: {} is {}, priority {}{}",
                    line.name(),
                    line.state(),
                    line.priority(),
                    unsaid == 0 ? "" : "; " + unsaid + " changes before it are not written here"));
  }

  /** Whether this host is the master of any instance; null if nothing was said of any. */
  synchronized @Nullable Boolean master() {
    return !heard ? null : last.values().stream().anyMatch(VrrpState::isMaster);
  }

  /** State by instance. */
  synchronized SortedMap<String, VrrpState> all() {
    return new TreeMap<>(last);
  }
}
