package io.ssyncd.daemon;

import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.daemon.settings.SettingsException;
import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
      "",
      "Exit codes: 0 stopped as asked, 64 usage, 70 a bug, 75 the member's address is not",
      "this host's yet, or is taken; 78 configuration."
    })
public final class Main implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "/etc/ssyncd/ssyncd.conf",
      description = "The configuration file (${DEFAULT-VALUE}).")
  private @Nullable Path config;

  @Option(
      names = "--check",
      description = "Say what is wrong with the configuration file, and run nothing.")
  private boolean check;

  private Main() {}

  /** Runs the daemon and exits with its code. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("demo") && System.getProperty("ssyncd.log") == null) {
      // A story is told on the terminal, not a log; to be said before logging wakes up.
      System.setProperty("ssyncd.log", "ERROR");
    }
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new DemoCommand());
    line.addSubcommand(new TlsCommand());
    line.setExpandAtFiles(false); // an error would show a file that @FILE names
    usage(line);
    line.setExecutionExceptionHandler(
        (e, commandLine, result) -> {
          log().error("the daemon failed by a bug", e);
          return Exit.INTERNAL;
        });
    System.exit(line.execute(args));
  }

  private static void usage(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE);
    line.getSubcommands().values().forEach(Main::usage);
  }

  @Override
  public Integer call() throws InterruptedException {
    Path file = config == null ? Path.of("") : config;
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
    for (Warning warning : settings.warnings()) {
      log().warn("{}: {}", warning.code(), warning.text());
    }
    try {
      return new Daemon(settings).run();
    } catch (IOException | LogRefusedException | IllegalArgumentException e) {
      log().error("{} does not start: {}", settings.node().name(), e.getMessage());
      return mayPass(e.getCause()) ? Exit.TRY_AGAIN : Exit.CONFIGURATION;
    }
  }

  /** At boot an address or a name can come after the daemon: systemd has to start it again then. */
  private static boolean mayPass(@Nullable Throwable cause) {
    return cause instanceof BindException || cause instanceof UnknownHostException;
  }

  private static Logger log() {
    return LoggerFactory.getLogger(Main.class);
  }
}
