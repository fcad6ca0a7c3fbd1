package io.ssyncd.daemon;

import io.ssyncd.cli.Complaint;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.pair.Background;
import io.ssyncd.daemon.pair.PairOptions;
import io.ssyncd.daemon.pair.PairStart;
import io.ssyncd.daemon.pair.StartRefused;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.daemon.settings.SettingsException;
import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the process starts. */
@Command(
    name = "ssyncd",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Keeps the session persistence of a load-balancer cluster alive when a balancer dies.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ssyncd --check --config /etc/ssyncd/ssyncd.conf   what is wrong with the file",
      "  ssyncd --config /etc/ssyncd/ssyncd.conf           run, in the foreground",
      "  ssyncd demo                                       see it work, without root",
      "  ssyncd tls init --cluster prod --member lb1 ...   certificates for the members",
      "  ssyncd -d -M -p 9999                              a pair without a file",
      "  ssyncd -d -B -p 9999 -a 10.0.0.1                  and the other",
      "",
      "Exit codes: 0 stopped as asked, or with -d: it runs; 64 usage, 70 a bug,",
      "75 the member's address is not this host's yet, or is taken; 78 configuration."
    })
public final class Main implements Callable<Integer> {
  private static final String USUAL_CONFIG = "/etc/ssyncd/ssyncd.conf";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration file (" + USUAL_CONFIG + ").")
  private @Nullable Path config;

  @Option(
      names = "--check",
      description = "Say what is wrong with the configuration file, and run nothing.")
  private boolean check;

  @Option(
      names = {"-d", "--daemon"},
      description = "In the background: returns once the control socket answers, or says why not.")
  private boolean background;

  @Option(
      names = "--log-file",
      paramLabel = "FILE",
      defaultValue = "/var/log/ssyncd/ssyncd.log",
      description = "Where it logs with -d (${DEFAULT-VALUE}).")
  private Path logFile = Path.of("");

  @Mixin private PairOptions pair = new PairOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Runs the daemon and exits with its code. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("demo") && System.getProperty("ssyncd.log") == null) {
      // A story is told on the terminal, not a log; to be said before logging wakes up.
      System.setProperty("ssyncd.log", "ERROR");
    }
    CommandLine line = commandLine();
    line.setExecutionExceptionHandler(
        (e, commandLine, result) -> {
          log().error("the daemon failed by a bug", e);
          return Exit.INTERNAL;
        });
    System.exit(line.execute(args));
  }

  /** The daemon's command line, for what tells of it as well: manual pages, completion. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new DemoCommand());
    line.addSubcommand(new TlsCommand());
    line.setExpandAtFiles(false); // an error would show a file that @FILE names
    line.setParameterExceptionHandler(new Complaint());
    usage(line);
    return line;
  }

  private static void usage(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE);
    line.getSubcommands().values().forEach(Main::usage);
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean wanted = pair.wanted();
    if (wanted && (config != null || check)) {
      throw pair.wrong("-M and -B are for a pair without a file, which --config would name");
    }
    if (background && check) {
      throw pair.wrong("-d runs the daemon, --check does not");
    }
    return wanted ? pair() : file(config == null ? Path.of(USUAL_CONFIG) : config);
  }

  private int pair() throws InterruptedException {
    if (background && !Background.isDaemon()) {
      return background(pair.socket(), pair.isMaster());
    }
    try {
      Optional<Settings> settings = PairStart.settings(pair, () -> ProcessName.set("ssyncd"));
      return settings.isPresent() ? run(settings.get()) : Exit.OK;
    } catch (StartRefused e) {
      return refused(e.exit(), String.valueOf(e.getMessage()));
    }
  }

  private int file(Path file) throws InterruptedException {
    Settings settings;
    try {
      settings = SettingsFile.read(file);
    } catch (SettingsException e) {
      e.problems().forEach(System.err::println);
      return Exit.CONFIGURATION;
    }
    if (check) {
      settings.warnings().forEach(w -> System.err.println("warning: " + w.text()));
      System.out.println(file + ": " + settings.node().name() + " is fine");
      return Exit.OK;
    }
    return background && !Background.isDaemon()
        ? background(settings.control().socket(), false)
        : run(settings);
  }

  private int background(Path socket, boolean master) throws InterruptedException {
    String[] args = spec.commandLine().getParseResult().originalArgs().toArray(String[]::new);
    return new Background(socket, logFile, master, System.err).start(args);
  }

  private static int run(Settings settings) throws InterruptedException {
    for (Warning warning : settings.warnings()) {
      log().warn("{}: {}", warning.code(), warning.text());
      if (Background.isDaemon()) {
        System.err.println("ssyncd: warning: " + warning.text());
      }
    }
    try {
      return new Daemon(settings).run();
    } catch (IOException | LogRefusedException | IllegalArgumentException e) {
      return refused(
          mayPass(e.getCause()) ? Exit.TRY_AGAIN : Exit.CONFIGURATION,
          settings.node().name() + " does not start: " + e.getMessage());
    }
  }

  private static int refused(int exit, String why) {
    log().error("{}", why);
    if (Background.isDaemon()) {
      System.err.println("ssyncd: " + why); // to who waits for the start
    }
    return exit;
  }

  /** At boot an address or a name can come after the daemon: systemd has to start it again then. */
  private static boolean mayPass(@Nullable Throwable cause) {
    return cause instanceof BindException || cause instanceof UnknownHostException;
  }

  private static Logger log() {
    return LoggerFactory.getLogger(Main.class);
  }
}
