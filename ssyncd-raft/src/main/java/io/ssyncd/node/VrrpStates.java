package io.ssyncd.node;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last word of keepalived on each of its instances that counts here. Thread-safe. */
final class VrrpStates {
  /** More instances than that are not kept apart; keepalived's identifiers end at 255 a network. */
  static final int MAX_INSTANCES = 255;

  private static final Logger log = LoggerFactory.getLogger(VrrpStates.class);

  private final Set<String> wanted;
  private final SortedMap<String, VrrpState> last = new TreeMap<>();

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
    if (!last.containsKey(line.name()) && last.size() >= MAX_INSTANCES) {
      log.warn("instance {} does not count: {} do already", line.name(), MAX_INSTANCES);
      return false;
    }
    VrrpState before = last.put(line.name(), line.state());
    if (before == line.state()) {
      return false;
    }
    log.info("keepalived: {} is {}, priority {}", line.name(), line.state(), line.priority());
    return true;
  }

  /** Whether this host is the master of any instance; null if nothing was said of any. */
  synchronized @Nullable Boolean master() {
    return last.isEmpty() ? null : last.values().stream().anyMatch(VrrpState::isMaster);
  }

  /** State by instance. */
  synchronized SortedMap<String, VrrpState> all() {
    return new TreeMap<>(last);
  }
}
