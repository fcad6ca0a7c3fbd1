package io.ssyncd.source.recent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether Debian's {@code conntrack} tool tells of new flows, so that tables are looked at before
 * their turn.
 *
 * @param wanted whether it is to run at all
 * @param program the tool; empty: where Debian puts it, if it is there
 */
public record Conntrack(boolean wanted, Optional<Path> program) {
  /** If the tool is there. */
  public static final Conntrack AUTO = new Conntrack(true, Optional.empty());

  /** Not. */
  public static final Conntrack OFF = new Conntrack(false, Optional.empty());

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/conntrack"), Path.of("/sbin/conntrack"));

  /** This tool, which has to be there. */
  public static Conntrack by(Path program) {
    return new Conntrack(true, Optional.of(program));
  }

  /** The tool to run; empty if there is none, or none is wanted. */
  Optional<Path> tool() {
    if (!wanted || program.isPresent()) {
      return program.filter(path -> wanted);
    }
    return PLACES.stream().filter(Files::isExecutable).findFirst();
  }
}
