package io.ssyncd.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file whose number keepalived 2.2 adds to its priority. An empty, garbled or missing file
 * counts as 0 there, so ready is a positive number, and a lost file is never the best. Replaced by
 * rename; written again and again, because keepalived resets it when it starts ({@code init_file 0
 * overwrite}). Used by one thread.
 */
final class TrackFile {
  /** The table is in this host's Pound and kernel. */
  static final int READY = 100;

  /** It is not, or not all of it, and the deadline has passed: service beats persistence. */
  static final int DEGRADED = 50;

  /** The address had better be elsewhere. */
  static final int NOT_READY = 0;

  /** keepalived takes this for FAULT: the address does not come here at all. */
  static final int AWAY = -254;

  private static final Logger log = LoggerFactory.getLogger(TrackFile.class);

  private final Optional<Path> file;
  private @Nullable String failure;

  TrackFile(Optional<Path> file) {
    this.file = file;
  }

  void write(int value) {
    if (file.isEmpty()) {
      return;
    }
    Path path = file.get();
    try {
      Path fresh = path.resolveSibling(path.getFileName() + ".new");
      Files.writeString(fresh, value + "\n", StandardCharsets.US_ASCII);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      failure = null;
    } catch (IOException e) {
      // Said once, not every second: status repeats it as long as it lasts.
      if (failure == null) {
        log.warn("track file {} cannot be written: {}", path, e.toString());
      }
      failure = path + " cannot be written: " + e;
    }
  }

  /** What is wrong with the file now; null if nothing is. */
  @Nullable String failure() {
    return failure;
  }
}
