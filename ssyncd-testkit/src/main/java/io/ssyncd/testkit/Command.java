package io.ssyncd.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end and keeps what it said. */
public final class Command {
  /** A program that takes longer is killed, and the test fails. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private Command() {}

  /**
   * What a program left.
   *
   * @param exit its exit code
   * @param out standard output; session keys are bytes, so each byte is one character
   * @param err standard error, likewise
   */
  public record Result(int exit, String out, String err) {
    /** The result, or an {@link AssertionError} that shows it if the exit code is not 0. */
    public Result ok() {
      if (exit != 0) {
        throw new AssertionError("exit code " + exit + "\n" + out + err);
      }
      return this;
    }
  }

  /** Runs a program in the current directory. */
  public static Result run(List<String> command) {
    return run(Path.of("."), command);
  }

  /**
   * Runs a program.
   *
   * @throws AssertionError if it takes longer than {@link #LIMIT}
   */
  public static Result run(Path directory, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
      process.getOutputStream().close();
      CompletableFuture<String> out = text(process.getInputStream());
      CompletableFuture<String> err = text(process.getErrorStream());
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end within " + LIMIT);
      }
      return new Result(process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " ran", e);
    }
  }

  private static CompletableFuture<String> text(InputStream from) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (from) {
                text.complete(new String(from.readAllBytes(), StandardCharsets.ISO_8859_1));
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            },
            "command-output");
    reader.setDaemon(true);
    reader.start();
    return text;
  }
}
