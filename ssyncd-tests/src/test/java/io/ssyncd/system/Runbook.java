package io.ssyncd.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of docs/migration.md, by the headings of its steps. */
final class Runbook {
  private static final Pattern HEADING = Pattern.compile("## (\\d\\. .*)");
  private static final Pattern COMMAND = Pattern.compile("    (lb\\d)# (.*)");

  private final Map<String, List<Line>> steps = new LinkedHashMap<>();

  /** A command and the host it is given on. */
  record Line(String host, String command) {}

  static Runbook read() {
    Path file = Path.of("..", "docs", "migration.md");
    Runbook runbook = new Runbook();
    String step = "";
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher heading = HEADING.matcher(line);
        Matcher command = COMMAND.matcher(line);
        if (heading.matches()) {
          step = heading.group(1);
          runbook.steps.put(step, new ArrayList<>());
        } else if (command.matches()) {
          runbook.steps.get(step).add(new Line(command.group(1), command.group(2)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return runbook;
  }

  /** The names of all steps, in order. */
  List<String> steps() {
    return List.copyOf(steps.keySet());
  }

  List<Line> commands(String step) {
    return steps.getOrDefault(step, List.of());
  }
}
