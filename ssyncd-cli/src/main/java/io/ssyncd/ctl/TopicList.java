package io.ssyncd.ctl;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The verbs in the help, under what they are for. */
final class TopicList implements IHelpSectionRenderer {
  private static final int INDENT = 2;

  /** Shows a command's verbs so. */
  static void in(CommandLine line) {
    Map<String, IHelpSectionRenderer> sections = line.getHelpSectionMap();
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, unused -> "%n".formatted());
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, new TopicList());
  }

  @Override
  public String render(Help help) {
    int names = Topic.all().keySet().stream().mapToInt(String::length).max().orElse(0) + INDENT + 2;
    int width = help.commandSpec().usageMessage().width();
    StringBuilder out = new StringBuilder();
    for (Topic topic : Topic.values()) {
      out.append(help.colorScheme().text("@|bold " + topic.words() + ":|@%n".formatted()));
      TextTable table =
          TextTable.forColumns(
              help.colorScheme(),
              new Column(names, INDENT, Overflow.SPAN),
              new Column(width - names, 0, Overflow.WRAP));
      Map<String, CommandLine> commands = help.commandSpec().subcommands();
      for (String verb : topic.verbs()) {
        CommandLine command = commands.get(verb);
        if (command != null) {
          table.addRowValues(
              help.colorScheme().commandText(verb),
              help.colorScheme().text(command.getCommandSpec().usageMessage().description()[0]));
        }
      }
      out.append(table);
    }
    return out.toString();
  }
}
