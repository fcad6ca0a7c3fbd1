package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Complaint;
import io.ssyncd.cli.Foreign;
import io.ssyncd.daemon.Version;
import io.ssyncd.daemon.control.Exit;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code ssyncdctl}: asks the daemon of this host, through its control socket. */
@Command(
    name = "ssyncdctl",
    versionProvider = Version.class,
    sortOptions = false,
    description = {"Asks and tells the ssyncd of this host.", ""},
    footer = {
      "",
      "Examples:",
      "  ssyncdctl status                  who leads, is all in sync, what is wrong",
      "  ssyncdctl count http              sessions per farm and service",
      "  ssyncdctl write http f1           bring this host's Pound of farm f1 up",
      "  ssyncdctl switch master           make this node the leader",
      "  ssyncdctl member add lb4 10.0.0.4:7777   take a fourth balancer in",
      "  ssyncdctl write --help            examples and exit codes of one verb",
      "",
      "Exit codes: 0 done; status and health: 1 degraded, 2 no quorum,",
      "3 not running, 4 unknown: no permission, or no answer that is one;",
      "others: 64 usage, 65 something was refused, 69 not running, 75 try again,",
      "77 no permission."
    })
public final class Main implements Runnable {
  /** A daemon waits for the cluster for 10 s at most before it answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A write of one farm or table takes five minutes at most; there may be many, and a queue. */
  private static final Duration LONG_PATIENCE = Duration.ofHours(1);

  /** What an answer looks like. */
  enum Format {
    TEXT,
    JSON;

    /** As it is typed, and offered by completion. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:SSYNCD_SOCKET:-/run/ssyncd/ssyncd.sock}",
      description = "The daemon's control socket ($SSYNCD_SOCKET, else ${DEFAULT-VALUE}).")
  private Path socket = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      scope = ScopeType.INHERIT,
      defaultValue = "text",
      description = "How to answer (${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Say how, with examples.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Say which version this is.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream out;
  private final PrintStream err;

  Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs one verb and exits with its code. */
  public static void main(String[] args) {
    int exit = run(System.out, System.err, args);
    System.out.flush();
    System.exit(exit);
  }

  /**
   * Runs one verb.
   *
   * @param out takes the answer, and nothing else
   * @param err takes errors and reports
   * @return the exit code
   */
  static int run(PrintStream out, PrintStream err, String... args) {
    Main main = new Main(out, err);
    CommandLine line = main.commandLine(Topic.of(args));
    line.setExecutionExceptionHandler(
        (e, command, result) -> {
          if (e instanceof ControlException refused) {
            main.fail(refused);
            return refused.exit();
          }
          throw e;
        });
    return line.execute(args);
  }

  /** The tool with all its verbs, for what tells of it: manual pages, completion. */
  public static CommandLine commandLine() {
    return new Main(System.out, System.err).commandLine(Topic.of());
  }

  /** What one can want to do, in words, and the verbs for it, both in the order of the help. */
  public static Map<String, List<String>> topics() {
    Map<String, List<String>> topics = new LinkedHashMap<>();
    for (Topic topic : Topic.values()) {
      topics.put(topic.words(), topic.verbs());
    }
    return topics;
  }

  private CommandLine commandLine(List<Class<?>> verbs) {
    CommandLine line = new CommandLine(this);
    verbs.forEach(line::addSubcommand);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // @FILE would read a file, and errors would show it to who may run this by sudo only.
    line.setExpandAtFiles(false);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setColorScheme(Colours.scheme());
    line.setParameterExceptionHandler(new Complaint());
    if (verbs.size() > 1) {
      TopicList.in(line); // one verb alone is in no list
    }
    exitCodes(line);
    return line;
  }

  private static void exitCodes(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE);
    line.getCommandSpec().exitCodeOnExecutionException(Exit.INTERNAL);
    line.getSubcommands().values().forEach(Main::exitCodes);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which verb?");
  }

  boolean json() {
    return format == Format.JSON;
  }

  PrintStream err() {
    return err;
  }

  /** A request that says only its verb; add to it what the verb needs. */
  static ObjectNode request(String verb) {
    return JsonNodeFactory.instance.objectNode().put("verb", verb);
  }

  Answer ask(ObjectNode request, ControlClient.Items items) throws ControlException {
    return ControlClient.ask(socket, request, PATIENCE, items);
  }

  /**
   * Asks for what takes as long as it takes.
   *
   * @param what is done, for who waits at a terminal
   */
  Answer askPatiently(ObjectNode request, String what) throws ControlException {
    try (Progress unused = progress(what)) {
      return ControlClient.ask(socket, request, LONG_PATIENCE, item -> {});
    }
  }

  /** Asks, and sends a file behind the request; takes as long as it takes. */
  Answer send(ObjectNode request, Path body, String what) throws ControlException {
    try (Progress unused = progress(what)) {
      return ControlClient.ask(socket, request, LONG_PATIENCE, body, item -> {});
    }
  }

  /** Shows that something goes on, if somebody can see it. */
  Progress progress(String what) {
    return new Progress(err, Terminal.own(), what);
  }

  void flush() {
    out.flush();
  }

  Answer ask(ObjectNode request) throws ControlException {
    return ask(request, item -> {});
  }

  /** Prints characters as bytes, one each: session keys come so. */
  void print(String text) {
    print(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Prints bytes as they are. */
  void print(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
  }

  /** Prints names, which are text in UTF-8. */
  void printUtf8(String text) {
    print(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The old tool ends every answer that is not empty with one more newline. */
  void printOld(String answer) {
    if (!answer.isEmpty()) {
      print(answer + "\n");
    }
  }

  void printJson(ObjectNode document) {
    printUtf8(JsonText.of(document) + "\n");
  }

  private void fail(ControlException refused) {
    if (json()) {
      printJson(
          JsonNodeFactory.instance
              .objectNode()
              .put("version", 1)
              .put("error", refused.code())
              .put("text", refused.getMessage()));
    }
    // The daemon passes on what others told it: peers, an old master, pound.cfg.
    String text = String.valueOf(refused.getMessage());
    err.println("ssyncdctl: " + text.lines().map(Foreign::shown).collect(Collectors.joining("\n")));
  }
}
