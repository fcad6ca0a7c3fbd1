package io.ssyncd.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What a command says of itself, as parts of a manual page. */
final class CommandPage {
  private static final String EXAMPLE_INDENT = "  ";

  /** Of 80 columns, man takes so many before an example, and keeps two behind it. */
  static final int EXAMPLE_WIDTH = 80 - 14 - 2;

  private static final Pattern COMMENTED = Pattern.compile("(.*?\\S) {2,}(\\S.*)");

  private final Troff page;

  CommandPage(Troff page) {
    this.page = page;
  }

  /** The options that every subcommand takes as well. */
  CommandPage globalOptions(CommandSpec command) {
    command.options().forEach(this::option);
    return this;
  }

  /** A verb: how it is called, what it does, its own options, examples; then its subcommands. */
  CommandPage verb(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    if (!line.getSubcommands().isEmpty()) {
      line.getSubcommands().values().forEach(this::verb);
      return this;
    }
    page.term(synopsis(command));
    String[] description = command.usageMessage().description();
    for (int i = 0; i < description.length; i++) {
      if (i == 0) {
        page.text(description[i]);
      } else {
        page.continued(description[i]);
      }
    }
    own(command).forEach(this::indented);
    footer(command);
    return this;
  }

  /** Examples and what else stands under a command's help. */
  CommandPage footer(CommandSpec command) {
    List<String> verbatim = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (String line : command.usageMessage().footer()) {
      if (line.startsWith(EXAMPLE_INDENT)) {
        flush(text);
        verbatim.addAll(example(line.substring(EXAMPLE_INDENT.length())));
      } else {
        if (!verbatim.isEmpty()) {
          page.verbatim(verbatim);
          verbatim.clear();
        }
        if (line.isBlank()) {
          flush(text);
        } else {
          text.append(text.isEmpty() ? "" : " ").append(line);
        }
      }
    }
    if (!verbatim.isEmpty()) {
      page.verbatim(verbatim);
    }
    flush(text);
    return this;
  }

  /** What an example is for stands above it where both do not fit into a line. */
  private static List<String> example(String line) {
    Matcher both = COMMENTED.matcher(line);
    return line.length() > EXAMPLE_WIDTH && both.matches()
        ? List.of("# " + both.group(2), both.group(1))
        : List.of(line);
  }

  private void flush(StringBuilder text) {
    page.continued(text.toString());
    text.setLength(0);
  }

  private void option(OptionSpec option) {
    page.term(names(option)).text(description(option));
  }

  private void indented(ArgSpec argument) {
    String name = argument instanceof OptionSpec option ? names(option) : argument.paramLabel();
    page.continued(name + ": " + description(argument));
  }

  private static List<ArgSpec> own(CommandSpec command) {
    List<ArgSpec> own = new ArrayList<>();
    command.positionalParameters().stream().filter(p -> !p.hidden()).forEach(own::add);
    command.options().stream().filter(o -> !o.inherited() && !o.hidden()).forEach(own::add);
    return own;
  }

  /** Without the options that all verbs have. */
  static String synopsis(CommandSpec command) {
    StringBuilder out = new StringBuilder(command.qualifiedName());
    for (ArgSpec argument : own(command)) {
      if (argument instanceof OptionSpec option) {
        String text = longest(option) + (option.arity().max() > 0 ? " " + option.paramLabel() : "");
        out.append(option.required() ? " " + text : " [" + text + "]");
      }
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (!parameter.hidden()) {
        String text = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
        out.append(parameter.required() ? " " + text : " [" + text + "]");
      }
    }
    return out.toString();
  }

  private static String longest(OptionSpec option) {
    return option.longestName();
  }

  private static String names(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() > 0 ? names + " " + option.paramLabel() : names;
  }

  private static String description(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    String fallback = argument.defaultValue();
    return text.replace("${DEFAULT-VALUE}", fallback == null ? "" : usual(fallback));
  }

  /** {@code ${env:NAME:-usual}} is what somebody chose who built this; the page says the usual. */
  private static String usual(String fallback) {
    return fallback.replaceFirst("^\\$\\{env:[^:}]*:-(.*)}$", "$1");
  }

  /** Verbs by name, for those that order them otherwise than the command does. */
  static Map<String, CommandLine> byName(CommandLine line) {
    return line.getSubcommands().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
