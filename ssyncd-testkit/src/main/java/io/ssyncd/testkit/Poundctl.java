package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pound's own control tool: its commands, and the sessions it lists. */
final class Poundctl {
  private static final Pattern LISTENER = Pattern.compile(" *(-?\\d+)\\. http.*| *-1\\. Global.*");
  private static final Pattern SERVICE = Pattern.compile(" +(\\d+)\\. Service .*");
  private static final Pattern SESSION = Pattern.compile(" +\\d+\\. Session (.*) -> (\\d+)");

  private final Path binary;
  private final Path socket;
  private final Farm farm;

  /**
   * For one Pound.
   *
   * @param socket what its pound.cfg calls {@code Control}
   */
  Poundctl(Path binary, Path socket, Farm farm) {
    this.binary = binary;
    this.socket = socket;
    this.farm = farm;
  }

  /** Runs it and returns what it wrote; it exits with 0 even where there is no such backend. */
  String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(binary.toString(), "-c", socket.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] output = process.getInputStream().readAllBytes();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("poundctl: " + new String(output, StandardCharsets.ISO_8859_1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new String(output, StandardCharsets.ISO_8859_1);
  }

  /** The sessions of numbered services; their last access is not listed: -1. */
  List<Session> sessions() throws IOException {
    List<Session> sessions = new ArrayList<>();
    int listener = -1;
    int service = -1;
    for (String line : run().split("\n", -1)) {
      Matcher l = LISTENER.matcher(line);
      Matcher s = SERVICE.matcher(line);
      Matcher key = SESSION.matcher(line);
      if (l.matches()) {
        listener = l.group(1) == null ? -1 : Integer.parseInt(l.group(1));
      } else if (s.matches()) {
        service = Integer.parseInt(s.group(1));
      } else if (key.matches() && listener >= 0) {
        sessions.add(session(listener, service, key));
      }
    }
    return sessions;
  }

  private Session session(int listener, int service, Matcher match) {
    int backend = Integer.parseInt(match.group(2));
    String content =
        farm.listeners().get(listener).services().get(service).backends().get(backend).content();
    return new Session(listener, service, backend, PoundProcess.key(match.group(1)), content, -1);
  }
}
