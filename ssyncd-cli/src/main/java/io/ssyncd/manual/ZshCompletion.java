package io.ssyncd.manual;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's completion for zsh: a function a command, which says what each word is for. */
final class ZshCompletion {
  private final StringBuilder out = new StringBuilder();

  private ZshCompletion() {}

  static String of(CommandLine line) {
    ZshCompletion made = new ZshCompletion();
    String name = line.getCommandName();
    made.out.append("#compdef ").append(name).append("\n# Made by the build of ssyncd.\n\n");
    made.function(line, "_" + name);
    return made.out.append("_").append(name).append(" \"$@\"\n").toString();
  }

  private void function(CommandLine line, String function) {
    List<String> functions = new ArrayList<>();
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              function(sub, function + "_" + name);
              functions.add(name);
            });
    CommandSpec command = line.getCommandSpec();
    out.append(function).append("() {\n  local state line curcontext=$curcontext\n");
    out.append("  _arguments -C");
    command.options().stream().filter(o -> !o.hidden()).forEach(this::option);
    if (functions.isEmpty()) {
      command.positionalParameters().stream().filter(p -> !p.hidden()).forEach(this::parameter);
      out.append("\n}\n\n");
      return;
    }
    out.append(" \\\n    '1: :->verb' '*:: :->words'\n");
    out.append("  case $state in\n    verb)\n      local -a verbs=(\n");
    line.getSubcommands()
        .forEach(
            (name, sub) ->
                out.append("        ")
                    .append(quoted(name + ":" + first(sub.getCommandSpec())))
                    .append('\n'));
    out.append("      )\n      _describe verb verbs ;;\n    words)\n      case $words[1] in\n");
    for (String name : functions) {
      out.append("        ").append(name).append(") ");
      out.append(function).append('_').append(name).append(" ;;\n");
    }
    out.append("      esac ;;\n  esac\n}\n\n");
  }

  private void option(OptionSpec option) {
    for (String name : option.names()) {
      List<String> others = new ArrayList<>();
      Collections.addAll(others, option.names());
      String argument = option.arity().max() > 0 ? ":" + label(option) + ":" + action(option) : "";
      out.append(" \\\n    ")
          .append(
              quoted(
                  "("
                      + String.join(" ", others)
                      + ")"
                      + name
                      + "["
                      + bracketed(first(option))
                      + "]"
                      + argument));
    }
  }

  private void parameter(PositionalParamSpec parameter) {
    String where = parameter.arity().max() > 1 ? "*" : parameter.required() ? "" : ":";
    String spec =
        where.equals("*")
            ? "*:" + label(parameter) + ":" + action(parameter)
            : (parameter.index().min() + 1)
                + where
                + ":"
                + label(parameter)
                + ":"
                + action(parameter);
    out.append(" \\\n    ").append(quoted(spec));
  }

  /** What a word can be: one of some, or a file; else nothing is offered. */
  private static String action(ArgSpec argument) {
    String label = argument.paramLabel();
    if (label.matches("[a-z]+(\\|[a-z]+)+")) {
      return "(" + label.replace('|', ' ') + ")";
    }
    return label.matches("FILE|PATH") ? "_files" : label.equals("DIR") ? "_files -/" : " ";
  }

  private static String label(ArgSpec argument) {
    return argument.paramLabel().replace(":", "\\:");
  }

  private static String first(ArgSpec argument) {
    return String.join(" ", argument.description()).replaceAll(" ?\\(?\\$\\{[^}]*}\\)?", "");
  }

  private static String first(CommandSpec command) {
    return command.usageMessage().description()[0];
  }

  private static String bracketed(String text) {
    return text.replaceAll("([\\[\\]:])", "\\\\$1");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
