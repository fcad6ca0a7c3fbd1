package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.pound.standin.Main;
import io.ssyncd.pound.standin.Session;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A stand-in that is a process, so that its pid is its identity. */
final class StandInProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final PrintStream in;

  /** Starts it and waits until it listens; {@code prefix} goes before the command. */
  StandInProcess(Path directory, Path cfg, long clockS, String... prefix) throws IOException {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx96m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("--dir", directory.toString(), "--config", cfg.toString()));
    command.addAll(List.of("--clock", Long.toString(clockS), "--sweep", "0"));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    String ready = out.readLine();
    assertThat(ready).startsWith("ready ");
  }

  long pid() {
    return process.pid();
  }

  /** One command; its last line without {@code ok}. */
  String command(String command) throws IOException {
    in.println(command);
    String line = out.readLine();
    assertThat(line).as(command).startsWith("ok");
    return line.substring(2).strip();
  }

  /** What it holds, canaries left out. */
  Map<HttpKey, HttpSession> held() throws IOException {
    in.println("dump");
    Map<HttpKey, HttpSession> all = new HashMap<>();
    for (String line = out.readLine(); !line.startsWith("ok"); line = out.readLine()) {
      Session session = Session.parse(line);
      if (!session.keyText().startsWith("\u0001ssyncd-canary-")) {
        HttpSession there = PoundFixture.asSession(session);
        all.put(there.key(), there);
      }
    }
    return all;
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  boolean alive() {
    return process.isAlive();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
