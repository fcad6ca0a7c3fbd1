package io.ssyncd.ctl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one wants to do, and the verbs for it: the order of the help. A new verb is a class, named
 * after it, and its name here.
 */
enum Topic {
  SEE(
      "See how it is",
      StatusCommand.class,
      HealthCommand.class,
      TopCommand.class,
      MembersCommand.class),
  LOOK(
      "Look at what the cluster holds",
      ShowCommand.class,
      CountCommand.class,
      DigestCommand.class,
      DiffCommand.class),
  FIND("Find out about a client", FindCommand.class, HistoryCommand.class, WatchCommand.class),
  SERVE(
      "Bring a balancer up, hand over, end",
      WriteCommand.class,
      SwitchCommand.class,
      DrainCommand.class,
      QuitCommand.class),
  COLLECT("Say what is collected", StartCommand.class, StopCommand.class),
  FORGET("Forget records", ClearCommand.class, PurgeCommand.class),
  CHANGE("Change the cluster", MemberCommand.class),
  COME("Come over from an old pair", ImportCommand.class),
  KEEP("Keep a copy, and bring it back", SnapshotCommand.class);

  private static final String SUFFIX = "Command";

  private final String words;
  private final List<Class<?>> commands;

  Topic(String words, Class<?>... commands) {
    this.words = words;
    this.commands = List.of(commands);
  }

  /** The heading. */
  String words() {
    return words;
  }

  /** Its verbs, in the order of the help. */
  List<String> verbs() {
    return commands.stream().map(Topic::verb).toList();
  }

  /** All verbs and the classes of their commands, in the order of the help. */
  static Map<String, Class<?>> all() {
    Map<String, Class<?>> all = new LinkedHashMap<>();
    for (Topic topic : values()) {
      topic.commands.forEach(command -> all.put(verb(command), command));
    }
    return all;
  }

  /**
   * The commands that a command line can be about: reading the annotations of all verbs takes
   * longer than to ask the daemon. All of them where no verb is named, or help is wanted.
   */
  static List<Class<?>> of(String... args) {
    Map<String, Class<?>> all = all();
    List<String> words = Arrays.asList(args);
    List<Class<?>> named = new ArrayList<>();
    all.forEach(
        (verb, command) -> {
          if (words.contains(verb)) {
            named.add(command);
          }
        });
    boolean help = words.contains("--help") || words.contains("-h");
    return named.isEmpty() || help ? List.copyOf(all.values()) : named;
  }

  /** {@code SnapshotCommand} is the command of {@code snapshot}. */
  private static String verb(Class<?> command) {
    String name = command.getSimpleName();
    return name.substring(0, name.length() - SUFFIX.length()).toLowerCase(Locale.ROOT);
  }
}
