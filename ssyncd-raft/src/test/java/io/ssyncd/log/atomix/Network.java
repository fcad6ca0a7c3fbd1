package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.net.Reach;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network that a test cuts and heals; what is cut swallows messages, connections stay. */
final class Network implements Reach {
  private final Set<String> cut = ConcurrentHashMap.newKeySet();

  @Override
  public boolean passes(String from, String to) {
    return !cut.contains(from + ">" + to);
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

  void heal() {
    cut.clear();
  }
}
