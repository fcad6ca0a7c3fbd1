package io.ssyncd.node;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a member tells the others about itself, beside the log.
 *
 * @param appliedIndex how far its table is
 * @param state where its promotion stands
 * @param holdsVip whether its host holds an address that traffic comes to
 * @param startedMs when its process started, wall-clock milliseconds since 1970
 * @param hearing which of its farms' Pounds it does not hear
 * @param configurations digests of its farms' configurations, by farm
 */
record Notice(
    long appliedIndex,
    NodeState state,
    boolean holdsVip,
    long startedMs,
    Hearing hearing,
    SortedMap<String, String> configurations) {
  Notice {
    configurations = Collections.unmodifiableSortedMap(new TreeMap<>(configurations));
  }
}
