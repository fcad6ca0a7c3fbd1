package io.ssyncd.manual;

import io.ssyncd.daemon.Version;
import io.ssyncd.daemon.settings.Setting;
import io.ssyncd.daemon.settings.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes the manual pages and the completions below a {@code share} directory. */
public final class Manual {
  private static final List<String> ENVIRONMENT =
      List.of(
          "SSYNCD_SOCKET",
          "The daemon's control socket, where --socket does not name it.",
          "NO_COLOR",
          "If it is set, nothing is coloured; nor is it where no terminal shows it.",
          "JAVA_HOME",
          "The Java to run with; else the one on the PATH.",
          "SSYNCDCTL_JAVA_OPTS",
          "More flags for it.");

  private final String date;
  private final String version = new Version().getVersion()[0];

  Manual(String date) {
    this.date = date;
  }

  /** Takes the directory. */
  public static void main(String[] args) throws IOException {
    // A build that is to come out the same twice says when it was.
    String epoch = System.getenv("SOURCE_DATE_EPOCH");
    LocalDate day =
        epoch == null
            ? LocalDate.now(ZoneOffset.UTC)
            : LocalDate.ofInstant(Instant.ofEpochSecond(Long.parseLong(epoch)), ZoneOffset.UTC);
    for (Map.Entry<String, String> file : new Manual(day.toString()).files().entrySet()) {
      Path to = Path.of(args[0]).resolve(file.getKey());
      Files.createDirectories(to.getParent());
      Files.writeString(to, file.getValue());
    }
  }

  /** All files by their paths below {@code share}. */
  Map<String, String> files() {
    CommandLine tool = io.ssyncd.ctl.Main.commandLine();
    CommandLine daemon = io.ssyncd.daemon.Main.commandLine();
    Map<String, String> files = new LinkedHashMap<>();
    files.put("man/man1/ssyncdctl.1", tool(tool));
    files.put("man/man8/ssyncd.8", daemon(daemon));
    files.put("man/man5/ssyncd.conf.5", settings());
    for (CommandLine each : List.of(tool, daemon)) {
      String name = each.getCommandName();
      files.put("bash-completion/completions/" + name, AutoComplete.bash(name, each));
      files.put("zsh/site-functions/_" + name, ZshCompletion.of(each));
    }
    return files;
  }

  private String tool(CommandLine line) {
    Troff page = new Troff("ssyncdctl", 1, date, version);
    page.section("NAME").text("ssyncdctl - asks and tells the ssyncd of this host");
    page.section("SYNOPSIS").text("ssyncdctl [--socket PATH] [-o text|json] VERB [ARGUMENT...]");
    page.section("DESCRIPTION");
    page.text("Asks the ssyncd of this host through its control socket, and prints the answer.");
    page.text(
        "Errors and reports go to standard error. ssyncdctl VERB --help says the same of one");
    page.text("verb. A verb that would lose something asks first where somebody types.");
    CommandPage commands = new CommandPage(page);
    page.section("OPTIONS");
    commands.globalOptions(line.getCommandSpec());
    page.section("VERBS");
    Map<String, CommandLine> verbs = CommandPage.byName(line);
    io.ssyncd.ctl.Main.topics()
        .forEach(
            (words, names) -> {
              page.subsection(words);
              for (String name : names) {
                CommandLine verb = verbs.get(name);
                if (verb != null) {
                  commands.verb(verb);
                }
              }
            });
    page.section("EXAMPLES AND EXIT STATUS");
    page.text("Examples of a verb are with it.");
    commands.footer(line.getCommandSpec());
    page.section("ENVIRONMENT");
    for (int i = 0; i < ENVIRONMENT.size(); i += 2) {
      page.term(ENVIRONMENT.get(i)).text(ENVIRONMENT.get(i + 1));
    }
    page.section("FILES");
    page.term("/run/ssyncd/ssyncd.sock").text("The control socket.");
    return page.section("SEE ALSO").text("ssyncd(8), ssyncd.conf(5)").toString();
  }

  private String daemon(CommandLine line) {
    Troff page = new Troff("ssyncd", 8, date, version);
    page.section("NAME")
        .text("ssyncd - keeps the session persistence of load balancers alive when one dies");
    page.section("SYNOPSIS").text("ssyncd [OPTION...]");
    page.paragraph("ssyncd VERB [ARGUMENT...]");
    page.section("DESCRIPTION");
    page.text("Replicates the HTTP sessions of Pound and the entries of xt_recent tables among");
    page.text("two or more balancers, through a Raft log. The leader collects them; whoever takes");
    page.text(
        "over writes them into its own Pound and kernel. It runs in the foreground, and logs");
    page.text("to standard error. ssyncdctl(1) asks and tells it.");
    CommandPage commands = new CommandPage(page);
    page.section("OPTIONS");
    commands.globalOptions(line.getCommandSpec());
    page.section("VERBS");
    line.getSubcommands().values().forEach(commands::verb);
    page.section("EXAMPLES AND EXIT STATUS");
    page.text("How it is started, and what it ends with.");
    commands.footer(line.getCommandSpec());
    page.section("FILES");
    page.term("/etc/ssyncd/ssyncd.conf").text("The configuration, see ssyncd.conf(5).");
    page.term("/var/lib/ssyncd").text("The log and its snapshots: they hold session keys.");
    page.term("/run/ssyncd/ssyncd.sock").text("The control socket.");
    return page.section("SEE ALSO").text("ssyncdctl(1), ssyncd.conf(5)").toString();
  }

  private String settings() {
    Troff page = new Troff("ssyncd.conf", 5, date, version);
    page.section("NAME").text("ssyncd.conf - configuration of ssyncd");
    page.section("DESCRIPTION");
    page.text(
        "One file in HOCON, a JSON that people can write, with one object ssyncd; the same on");
    page.text(
        "all members but for node. Unknown keys are errors. ssyncd --check names what is wrong");
    page.text("with file, line and key. Words in capitals below stand for names of yours.");
    page.section("KEYS");
    String before = "";
    for (Setting setting : SettingsReference.all()) {
      String group = setting.path().contains(".") ? setting.path().replaceFirst("\\..*", "") : "";
      if (!group.equals(before)) {
        page.subsection(group);
        before = group;
      }
      page.term(setting.path()).text(setting.meaning()).continued(setting.form());
    }
    page.section("FILES").term("/etc/ssyncd/ssyncd.conf").text("Where it is looked for.");
    return page.section("SEE ALSO").text("ssyncd(8), ssyncdctl(1)").toString();
  }
}
