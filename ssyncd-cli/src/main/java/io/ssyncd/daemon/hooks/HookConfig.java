package io.ssyncd.daemon.hooks;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which executables are run, and for how long they may.
 *
 * @param commands program and arguments, by event; never a line for a shell
 * @param timeout a run that takes longer is killed, with its children
 */
public record HookConfig(SortedMap<HookEvent, List<String>> commands, Duration timeout) {
  public HookConfig {
    SortedMap<HookEvent, List<String>> copy = new TreeMap<>();
    commands.forEach((event, command) -> copy.put(event, List.copyOf(command)));
    commands = Collections.unmodifiableSortedMap(copy);
  }
}
