package io.ssyncd.node;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of its farms a member would collect nothing from if it led, and why. Members are compared
 * by these sets: who hears all that another hears, and more, is the better one to lead. So no two
 * members are each better than the other, and leadership does not go to and fro.
 *
 * @param silent why a farm is not heard, by its name; the others are
 */
record Hearing(SortedMap<String, Silence> silent) {
  /** Nothing is silent. */
  static final Hearing ALL = new Hearing(Collections.emptySortedMap());

  Hearing {
    silent = Collections.unmodifiableSortedMap(new TreeMap<>(silent));
  }

  /** Why what happens in a farm's Pound is not heard. */
  enum Silence {
    /** Its Pound, or its link to it, is not there; that may pass by itself. */
    AWAY,
    /** Its Pound takes sessions and tells of none, until somebody restarts it. */
    DEAF
  }

  /** What a member hears now, by the local ends of its farms. */
  static Hearing of(Collection<LocalFeed> farms) {
    SortedMap<String, Silence> silent = new TreeMap<>();
    for (LocalFeed farm : farms) {
      if (farm.isDeaf()) {
        silent.put(farm.feed().name(), Silence.DEAF);
      } else if (!farm.isConnected()) {
        silent.put(farm.feed().name(), Silence.AWAY);
      }
    }
    return new Hearing(silent);
  }

  /** Whether it has a Pound that is deaf. */
  boolean isDeaf() {
    return silent.containsValue(Silence.DEAF);
  }

  /** Whether it hears all that the other does, and at least one farm more. */
  boolean isBetterThan(Hearing other) {
    return silent.size() < other.silent.size()
        && other.silent.keySet().containsAll(silent.keySet());
  }

  /** The farms whose Pounds are deaf, for people. */
  String deafFarms() {
    return String.join(
        ", ",
        silent.entrySet().stream()
            .filter(farm -> farm.getValue() == Silence.DEAF)
            .map(java.util.Map.Entry::getKey)
            .toList());
  }
}
