package io.ssyncd.pound.standin;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A stand-in as a process of its own, whose pid is what clients see as Pound's:
 *
 * <pre>
 * --dir DIR            where the socket goes
 * --config pound.cfg   what it serves, or
 * --farm NAME --spec BACKENDSxTTL,.../...   see {@link Farm#ofSpec}
 * --clock SECONDS      start with a clock that stands still at this Unix time
 * --sweep MILLIS       between two sweeps, 60000; 0: only on command
 * --seed N             of the choice of backends
 * </pre>
 *
 * <p>{@code --farm} with {@code --config} replaces the file's {@code Name}. Writes {@code ready PID
 * SOCKET} and then answers the commands of {@link ControlProtocol} that come on standard input,
 * whose end ends the process. What kills Pound's worker halts the process at once with status 139,
 * after one line on standard error. Where Pound's monitor would start another worker within 10 to
 * 30 ms, whoever started this process starts it again. 64: wrong arguments; 78: configuration; 70:
 * no socket.
 */
public final class Main {
  /** As a shell shows a process that died of SIGSEGV. */
  public static final int DEATH_STATUS = 139;

  private static final int OUT_BYTES = 1 << 16;

  private static final int USAGE = 64;
  private static final int SOFTWARE = 70;
  private static final int CONFIGURATION = 78;

  private Main() {}

  /** Runs until the input ends or something kills it. */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = options(args);
    AdjustableClock clock = new AdjustableClock();
    if (options.containsKey("clock")) {
      clock.set(number(options, "clock", 0));
    }
    PoundStandIn pound = start(options, clock);
    var unused = pound.death().thenAccept(Main::halt);
    serve(pound, clock);
    pound.close();
    System.exit(0);
  }

  private static void halt(String reason) {
    System.err.println("dead: " + reason);
    System.err.flush();
    Runtime.getRuntime().halt(DEATH_STATUS);
  }

  private static PoundStandIn start(Map<String, String> options, AdjustableClock clock) {
    try {
      Farm farm = farm(options);
      if (farm.name().getBytes(StandardCharsets.UTF_8).length >= Farm.FATAL_NAME_BYTES) {
        halt("farm name of " + farm.name().length() + " characters");
      }
      PoundStandIn.Options how =
          new PoundStandIn.Options(
              Duration.ofMillis(number(options, "sweep", 60_000)),
              clock,
              number(options, "seed", 1));
      return PoundStandIn.start(farm, Path.of(options.getOrDefault("dir", "/tmp")), how);
    } catch (PoundCfgException e) {
      throw exit(CONFIGURATION, String.valueOf(e.getMessage()));
    } catch (IOException | IllegalArgumentException e) {
      throw exit(SOFTWARE, e.toString());
    }
  }

  private static Farm farm(Map<String, String> options) throws PoundCfgException {
    String config = options.get("config");
    String name = options.get("farm");
    if (config != null) {
      Farm farm = PoundCfgReader.read(Path.of(config));
      return name == null ? farm : new Farm(name, farm.listeners(), farm.globals());
    }
    if (name == null) {
      throw exit(USAGE, "--config or --farm is needed");
    }
    return Farm.ofSpec(name, options.getOrDefault("spec", "2x300"));
  }

  private static void serve(PoundStandIn pound, AdjustableClock clock) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUT_BYTES),
            false,
            StandardCharsets.UTF_8);
    out.println("ready " + ProcessHandle.current().pid() + " " + pound.socket());
    out.flush();
    ControlProtocol protocol = new ControlProtocol(pound, clock);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.strip().equals("quit")) {
        out.println("ok");
        out.flush();
        return;
      }
      protocol.execute(line, out::println);
      out.flush();
    }
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw exit(USAGE, "not understood: " + args[i]);
      }
      options.put(args[i].substring(2), args[i + 1]);
    }
    return options;
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    String text = options.get(name);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw exit(USAGE, "--" + name + " is not a number");
    }
  }

  /** Does not return; the type lets callers say so. */
  private static IllegalStateException exit(int status, String message) {
    System.err.println(message);
    System.exit(status);
    return new IllegalStateException(message);
  }
}
