package io.ssyncd.system;

import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code ssyncdctl import ADDRESS --follow} in the background, as in a terminal that stays. */
final class Following implements AutoCloseable {
  private final Process process;
  private final CompletableFuture<String> out = new CompletableFuture<>();

  private Following(Process process) {
    this.process = process;
    Thread reader =
        new Thread(
            () -> {
              try {
                out.complete(
                    new String(
                        process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
              } catch (IOException e) {
                out.completeExceptionally(e);
              }
            },
            "following");
    reader.setDaemon(true);
    reader.start();
  }

  static Following start(Member on, String master) {
    List<String> command = new ArrayList<>(on.host().before());
    command.add(Distribution.built().ssyncdctl().toString());
    command.addAll(List.of("--socket", on.control().toString(), "import", master, "--follow"));
    try {
      return new Following(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it as Ctrl-C would; what it said. */
  String end() {
    process.toHandle().destroy(); // the process' own would close what is to be read
    return out.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
