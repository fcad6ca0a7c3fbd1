package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.daemon.control.Exit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** What the tool says of itself, and to those who mistype. */
class HelpTest {
  private static final int COLUMNS = 80;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void theHelpNamesEveryVerbUnderWhatItIsFor() {
    assertThat(run("--help")).isEqualTo(Exit.OK);
    List<String> lines = out().lines().toList();
    for (Topic topic : Topic.values()) {
      int heading = lines.indexOf(topic.words() + ":");
      assertThat(heading).as(topic.words()).isPositive();
      assertThat(lines.get(heading + 1)).startsWith("  " + topic.verbs().get(0) + " ");
    }
    for (String verb : Topic.all().keySet()) {
      assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("  " + verb + " "));
    }
  }

  @Test
  void aVerbIsCalledAsItsClassIs() {
    for (Map.Entry<String, Class<?>> each : Topic.all().entrySet()) {
      assertThat(each.getValue().getAnnotation(Command.class).name()).isEqualTo(each.getKey());
    }
    assertThat(Main.class.getAnnotation(Command.class).subcommands())
        .as("verbs are named in Topic, and read only when they are wanted")
        .isEmpty();
  }

  @Test
  void everyVerbTeachesByExamples() {
    for (CommandSpec verb : leaves(Main.commandLine())) {
      assertThat(verb.usageMessage().footer())
          .as("the footer of " + verb.qualifiedName())
          .anySatisfy(line -> assertThat(line).startsWith("  " + verb.qualifiedName()));
    }
  }

  @Test
  void everyHelpFitsTheScreenAsItWasWritten() {
    for (CommandSpec verb : leaves(Main.commandLine())) {
      List<String> args =
          new ArrayList<>(
              List.of(verb.qualifiedName().split(" "))
                  .subList(1, verb.qualifiedName().split(" ").length));
      args.add("--help");
      out.reset();
      assertThat(run(args.toArray(String[]::new))).as(verb.qualifiedName()).isEqualTo(Exit.OK);
      for (String line : verb.usageMessage().footer()) {
        assertThat(line.length()).as(line).isLessThan(COLUMNS);
      }
      assertThat(out().lines())
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(COLUMNS));
      assertThat(out()).startsWith("Usage: " + verb.qualifiedName());
    }
  }

  @Test
  void aMistypedVerbIsGuessed() {
    assertThat(run("statsu")).isEqualTo(Exit.USAGE);
    assertThat(err())
        .isEqualTo(
            "ssyncdctl: there is no verb statsu; did you mean status?\n"
                + "ssyncdctl --help says how\n");
  }

  @Test
  void aMistypedOptionIsGuessed() {
    assertThat(run("write", "--dryrun", "http")).isEqualTo(Exit.USAGE);
    assertThat(err())
        .isEqualTo(
            "ssyncdctl write: there is no option --dryrun; did you mean --dry-run?\n"
                + "ssyncdctl write --help says how\n");
  }

  @Test
  void whatIsNotMeantForATerminalIsNotObeyedByIt() {
    assertThat(run("st\u001b[2J")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("\\x1b[2J").doesNotContain("\u001b");
  }

  @Test
  void onlyTheVerbThatIsNamedIsRead() {
    assertThat(Topic.of("-o", "json", "status")).isEqualTo(List.of(StatusCommand.class));
    assertThat(Topic.of("statsu")).hasSameSizeAs(Topic.all().keySet());
    assertThat(Topic.of("status", "--help")).hasSameSizeAs(Topic.all().keySet());
  }

  @Test
  void noCodesForColoursWhereNobodySeesThem() {
    run("--help");
    assertThat(out()).doesNotContain("\u001b");
  }

  private static List<CommandSpec> leaves(CommandLine line) {
    List<CommandSpec> leaves = new ArrayList<>();
    line.getSubcommands().values().forEach(sub -> leaves.addAll(leaves(sub)));
    return line.getSubcommands().isEmpty() ? List.of(line.getCommandSpec()) : leaves;
  }

  private int run(String... args) {
    return Main.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
