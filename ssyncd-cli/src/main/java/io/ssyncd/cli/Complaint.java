package io.ssyncd.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a command line that is not understood is answered: what is wrong, what was perhaps meant,
 * and where more is said. Three lines, not the whole help: the mistake should still be on the
 * screen.
 */
public final class Complaint implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException mistake, String[] args) {
    CommandLine line = mistake.getCommandLine();
    CommandSpec command = line.getCommandSpec();
    PrintWriter err = line.getErr();
    err.println(command.qualifiedName() + ": " + Foreign.shown(text(mistake, command)));
    err.println(command.qualifiedName() + " --help says how");
    err.flush();
    return command.exitCodeOnInvalidInput();
  }

  private static String text(ParameterException mistake, CommandSpec command) {
    if (!(mistake instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(mistake.getMessage());
    }
    String word = unmatched.getUnmatched().get(0);
    if (word.startsWith("-")) {
      String name = word.replaceFirst("=.*", "");
      List<String> names = new ArrayList<>();
      command.options().stream()
          .filter(o -> !o.hidden())
          .forEach(o -> names.addAll(List.of(o.names())));
      return "there is no option " + name + meant(Nearest.to(name, names));
    }
    if (!command.subcommands().isEmpty()) {
      return "there is no verb " + word + meant(Nearest.to(word, command.subcommands().keySet()));
    }
    return "\"" + word + "\" is one word too many";
  }

  private static String meant(Optional<String> nearest) {
    return nearest.map(word -> "; did you mean " + word + "?").orElse("");
  }
}
