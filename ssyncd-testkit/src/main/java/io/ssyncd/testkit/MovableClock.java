package io.ssyncd.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The wall clock of one host, which a test sets while its processes run: they are started with a
 * small library before the C library, {@code clock/movable_clock.c}, which adds to the time of day
 * what a mapped file says. Monotonic clocks go on as they were, as they do when a real clock is
 * set. The library is compiled once in a JVM, by gcc.
 */
final class MovableClock {
  private static final String SOURCE = "/clock/movable_clock.c";
  private static final String OFFSET_VARIABLE = "SSYNCD_TEST_CLOCK";

  private final Path offset;
  private Duration moved = Duration.ZERO;

  private MovableClock(Path offset) {
    this.offset = offset;
  }

  /** Why there are none on this machine; empty if there are. */
  static Optional<String> missing() {
    return Library.BUILT.problem();
  }

  /**
   * A clock that goes right.
   *
   * @param offset the file that says how far it was moved; made here
   */
  static MovableClock in(Path offset) {
    MovableClock made = new MovableClock(offset);
    made.write();
    return made;
  }

  /** What its processes have to have in their environment. */
  Map<String, String> environment() {
    Library built = Library.BUILT;
    built
        .problem()
        .ifPresent(
            why -> {
              throw new IllegalStateException("no movable clock: " + why);
            });
    return Map.of("LD_PRELOAD", built.file().toString(), OFFSET_VARIABLE, offset.toString());
  }

  /** Sets it forward, or back, from where it is. */
  void jump(Duration by) {
    moved = moved.plus(by);
    write();
  }

  private void write() {
    ByteBuffer nanos = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    nanos.putLong(moved.toNanos()).flip();
    try (FileChannel file =
        FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(nanos, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The compiled library, or what kept it from being one. */
  private record Library(Path file, Optional<String> problem) {
    static final Library BUILT = build();

    private static Library build() {
      try {
        Path directory = Files.createTempDirectory("ssyncd-clock");
        directory.toFile().deleteOnExit();
        Path source = directory.resolve("movable_clock.c");
        Path library = directory.resolve("movable_clock.so");
        source.toFile().deleteOnExit();
        library.toFile().deleteOnExit();
        try (InputStream text =
            Objects.requireNonNull(MovableClock.class.getResourceAsStream(SOURCE))) {
          Files.copy(text, source);
        }
        // Without gcc it is env that fails, and says so.
        Command.Result compiled =
            Command.run(
                List.of("env", "gcc", "-O2", "-shared", "-fPIC", "-o", "" + library, "" + source));
        return new Library(
            library, compiled.exit() == 0 ? Optional.empty() : Optional.of(compiled.err().strip()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
