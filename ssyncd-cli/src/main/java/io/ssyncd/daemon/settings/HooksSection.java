package io.ssyncd.daemon.settings;

import io.ssyncd.daemon.hooks.HookConfig;
import io.ssyncd.daemon.hooks.HookEvent;
import io.ssyncd.source.program.ProgramFile;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code hooks}: what is run when the node's state changes. */
final class HooksSection {
  private HooksSection() {}

  static HookConfig read(Section hooks) {
    SortedMap<HookEvent, List<String>> commands = new TreeMap<>();
    for (HookEvent event : HookEvent.values()) {
      String key = event.word();
      if (hooks.has(key)) {
        List<String> command = hooks.oneOrMore(key);
        if (command.isEmpty() || command.get(0).isEmpty()) {
          hooks.wrong(key, "is a program, or a list of one and its arguments");
          continue;
        }
        ProgramFile.objection(command.get(0))
            .ifPresent(why -> hooks.wrong(key, "cannot be: " + why));
        commands.put(event, command);
      }
    }
    Duration timeout =
        hooks.duration(
            "timeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(10));
    hooks.end();
    return new HookConfig(commands, timeout);
  }
}
