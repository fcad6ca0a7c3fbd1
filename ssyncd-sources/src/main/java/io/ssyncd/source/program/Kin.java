package io.ssyncd.source.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * All processes of one run of a program: itself and whatever it started, also what has left its
 * parent. They are told by a mark in their environment, which children inherit. One that empties
 * its environment is found while its parent lives, and not after that.
 */
public final class Kin {
  /** Where the mark is. */
  private static final String VARIABLE = "SSYNCD_RUN";

  /** How often is looked for what the killed ones left behind. */
  private static final int ROUNDS = 50;

  private final String run = UUID.randomUUID().toString();
  private final String mark = VARIABLE + "=" + run;

  /** Marks what is going to be started. */
  public ProcessBuilder mark(ProcessBuilder builder) {
    builder.environment().put(VARIABLE, run);
    return builder;
  }

  /**
   * Kills them all, and closes the pipes to the first: nothing more is read from it.
   *
   * @param first the one that was started; may have ended
   * @return whether none is left
   */
  public boolean kill(Process first) {
    List<ProcessHandle> children = first.descendants().toList();
    first.destroyForcibly();
    return kill(children);
  }

  /**
   * Kills what one that has ended left behind. What it said can still be read.
   *
   * @return whether none is left
   */
  public boolean killRest() {
    return kill(List.of());
  }

  private boolean kill(List<ProcessHandle> children) {
    children.forEach(ProcessHandle::destroyForcibly);
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessHandle> left;
      try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
        left = all.filter(each -> carriesMark(each.pid())).toList();
      }
      if (left.isEmpty()) {
        return true;
      }
      left.forEach(ProcessHandle::destroyForcibly);
    }
    return false;
  }

  private boolean carriesMark(long pid) {
    byte[] environment;
    try {
      environment = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
    } catch (IOException e) {
      return false; // It is gone, or another user's.
    }
    return new String(environment, StandardCharsets.ISO_8859_1).contains(mark);
  }
}
