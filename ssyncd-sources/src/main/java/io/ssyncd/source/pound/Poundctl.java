package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.source.program.Kin;
import io.ssyncd.source.program.ProgramFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks Pound through its control socket what sessions it holds ({@code poundctl -X}): where they
 * are and which backend they have, not when they were used. Unlike the session socket this works
 * with a Pound that is deaf, and disturbs nobody.
 *
 * <p>Only keys of up to {@value #MAX_KEY_BYTES} bytes: the tool of 2.8a.15 has no room for longer
 * ones, and may die of them.
 */
public final class Poundctl {
  /** {@code KEY_SIZE} of Pound 2.8a.15. */
  public static final int MAX_KEY_BYTES = 127;

  /** More than a session of the longest key takes: each byte of it may come as two. */
  private static final long SESSION_BYTES = 512;

  private static final long OTHER_BYTES = 1 << 20;
  private static final int MAX_COMPLAINT_BYTES = 500;

  /** What it ends with when its output was given up; a shell and the JVM say it so. */
  private static final int SIGPIPE = 128 + 13;

  private static final Duration LAST_STEP = Duration.ofSeconds(2);

  private final PoundctlTool tool;
  private final long mostBytes;

  /**
   * For one Pound.
   *
   * @param maxSessions a list of more than that is given up
   */
  public Poundctl(PoundctlTool tool, int maxSessions) {
    this.tool = tool;
    this.mostBytes = OTHER_BYTES + maxSessions * SESSION_BYTES;
  }

  /** Takes what is listed. */
  @FunctionalInterface
  public interface Sessions {
    /** One session of a numbered listener; called by a thread of its own. */
    void session(long listener, long service, Bytes key, long backend);
  }

  /**
   * Lists all sessions.
   *
   * @param to hears of each; what it heard is not to be used if this call fails
   * @throws IOException if the tool cannot be run, fails, takes too long, or says what cannot be
   *     understood; names the tool
   */
  public void list(Sessions to) throws IOException, InterruptedException {
    String objection = ProgramFile.objection(tool.program()).orElse(null);
    if (objection != null) {
      throw new IOException("poundctl is not run: " + objection);
    }
    Kin kin = new Kin();
    Process process =
        kin.mark(
                new ProcessBuilder(
                    List.of(
                        tool.program().toString(),
                        "-X",
                        "-t",
                        Long.toString(Math.max(1, tool.timeout().toSeconds())),
                        "-c",
                        tool.socket().toString())))
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    boolean read = false;
    try {
      read(process, to);
      read = true;
    } finally {
      if (!read) {
        // Also whoever else holds its output open: the thread that reads it would wait for good.
        boolean unused = kin.kill(process);
      }
    }
  }

  private void read(Process process, Sessions to) throws IOException, InterruptedException {
    FutureTask<Void> reading =
        new FutureTask<>(
            () -> {
              PoundctlOutput.read(process.getInputStream(), mostBytes, to);
              return null;
            });
    Thread reader = new Thread(reading, "poundctl");
    reader.setDaemon(true);
    reader.start();
    try {
      reading.get(tool.timeout().toMillis(), TimeUnit.MILLISECONDS);
      check(process);
    } catch (TimeoutException e) {
      throw new IOException(
          tool.program() + " did not end within " + tool.timeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      // A tool that says why it failed says more than its missing output.
      if (process.waitFor(LAST_STEP.toMillis(), TimeUnit.MILLISECONDS)
          && process.exitValue() != SIGPIPE) {
        check(process);
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(tool.program() + ": " + cause.getMessage(), cause);
    }
  }

  private void check(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(LAST_STEP.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException(tool.program() + " did not end after its output");
    }
    if (process.exitValue() != 0) {
      String complaint = complaint(process);
      throw new IOException(
          tool.program()
              + " ended with "
              + process.exitValue()
              + (complaint.isEmpty() ? "" : ": " + complaint));
    }
  }

  private static String complaint(Process process) throws IOException {
    try (InputStream said = process.getErrorStream()) {
      byte[] bytes = said.readNBytes(Math.min(MAX_COMPLAINT_BYTES, said.available()));
      return new String(bytes, StandardCharsets.ISO_8859_1).strip().replaceAll("\\p{Cntrl}+", " ");
    }
  }
}
