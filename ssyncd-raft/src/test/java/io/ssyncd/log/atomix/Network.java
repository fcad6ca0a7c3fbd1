package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.net.Reach;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** A network that a test cuts, slows and heals; what is cut swallows messages, connections stay. */
final class Network implements Reach {
  private final Set<String> cut = ConcurrentHashMap.newKeySet();
  private final Set<String> off = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> slow = new ConcurrentHashMap<>();

  @Override
  public boolean passes(String from, String to) {
    return !cut.contains(from + ">" + to) && !off.contains(from) && !off.contains(to);
  }

  @Override
  public long delayMillis(String from, String to) {
    int most = slow.getOrDefault(from + ">" + to, 0);
    return most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most + 1L);
  }

  void cutOneWay(String from, String to) {
    cut.add(from + ">" + to);
  }

  void isolate(String member, Iterable<String> others) {
    for (String other : others) {
      if (!other.equals(member)) {
        cutOneWay(member, other);
        cutOneWay(other, member);
      }
    }
  }

  /** Delays each message on this way by up to so long: later ones overtake it. */
  void slow(String from, String to, int mostMillis) {
    slow.put(from + ">" + to, mostMillis);
  }

  /** Cuts and delays are over. */
  void heal() {
    cut.clear();
    slow.clear();
  }

  /** Nothing leaves or reaches a member until it is {@link #on}, whatever is healed. */
  void off(String member) {
    off.add(member);
  }

  void on(String member) {
    off.remove(member);
  }
}
