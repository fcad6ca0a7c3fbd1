package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Pound of a member's farm: a process that comes, dies and comes back with an empty table. Used
 * by one thread.
 */
public final class MemberPound implements AutoCloseable {
  /** What ssyncd itself writes into a Pound, to see whether it answers, is of this second. */
  private static final long CANARY_LAST_ACCESS = 1;

  private final Path directory;
  private final Farm farm;
  private final Map<String, String> environment;
  private @Nullable StandInPound process;

  MemberPound(Path directory, Farm farm, Map<String, String> environment) {
    this.directory = directory;
    this.farm = farm;
    this.environment = environment;
  }

  /** Starts it, without sessions; returns when it listens. */
  public MemberPound start() {
    try {
      if (process == null) {
        process = StandInPound.start(environment, directory, farm);
      } else if (process.alive()) {
        throw new IllegalStateException("the Pound of " + farm.name() + " runs");
      } else {
        process.restart();
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it runs. */
  public boolean alive() {
    return process != null && process.alive();
  }

  /** {@code kill -9}. */
  public void kill() {
    process().close();
  }

  /** The process, for what is not here. */
  public StandInPound process() {
    if (process == null) {
      throw new IllegalStateException("the Pound of " + farm.name() + " was never started");
    }
    return process;
  }

  /** A command of {@link io.ssyncd.pound.standin.ControlProtocol}; what follows {@code ok}. */
  public String command(String line) {
    try {
      return process().command(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requests of clients {@code PREFIX0}, {@code PREFIX1} and so on, spread over the services. */
  public void traffic(String prefix, int count) {
    command("traffic " + count + " " + prefix);
  }

  /** Whether it tells of no session any more, until it is restarted. */
  public boolean isDeaf() {
    return command("stats").contains("deaf=true");
  }

  /** How many sessions it holds, canaries included. */
  public int count() {
    return Integer.parseInt(command("count"));
  }

  /** The sessions that clients made or ssyncd wrote, one a line with all its fields, sorted. */
  public List<String> sessions() {
    try {
      return process().sessions().stream()
          .filter(session -> session.lastAccess() != CANARY_LAST_ACCESS)
          .map(Session::line)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
