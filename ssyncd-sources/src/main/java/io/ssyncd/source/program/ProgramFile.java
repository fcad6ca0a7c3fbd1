package io.ssyncd.source.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a program may be run: the daemon is mostly root, so not one that everybody on this host
 * can change or replace. To be asked before each run, for modes change.
 */
public final class ProgramFile {
  private ProgramFile() {}

  /** Why the program cannot, or must not, be run; empty if it can. Looks at the file. */
  public static Optional<String> objection(String program) {
    try {
      return objection(Path.of(program));
    } catch (InvalidPathException e) {
      return Optional.of("is no path: " + e.getReason());
    }
  }

  /** Why the program cannot, or must not, be run; empty if it can. Looks at the file. */
  public static Optional<String> objection(Path program) {
    if (!program.isAbsolute()) {
      return Optional.of(program + " is not an absolute path");
    }
    if (!Files.exists(program)) {
      return Optional.of(program + " does not exist");
    }
    if (!Files.isRegularFile(program)) {
      return Optional.of(program + " is no file");
    }
    if (!Files.isExecutable(program)) {
      return Optional.of(program + " is not executable: chmod +x");
    }
    try {
      Path real = program.toRealPath();
      if (anybodyWrites(real)) {
        return Optional.of(real + " can be changed by everybody on this host: chmod o-w");
      }
      // A link is replaced where it lies, the file behind it where that does.
      Optional<String> link = replaceable(program);
      return link.isPresent() ? link : replaceable(real);
    } catch (IOException e) {
      return Optional.of(program + " cannot be looked at: " + e);
    }
  }

  /** Whoever can write to any directory on the way can put another tree there. */
  private static Optional<String> replaceable(Path program) throws IOException {
    for (Path on = program.getParent(); on != null; on = on.getParent()) {
      if (anybodyWrites(on) && !isSticky(on)) {
        return Optional.of(program + " can be replaced by everybody on this host: chmod o-w " + on);
      }
    }
    return Optional.empty();
  }

  private static boolean anybodyWrites(Path file) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    return mode.contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Of a sticky directory, such as /tmp, only the owner of a file takes it away. */
  private static boolean isSticky(Path directory) throws IOException {
    return ((int) Files.getAttribute(directory, "unix:mode") & 01000) != 0;
  }
}
