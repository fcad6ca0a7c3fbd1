package io.ssyncd.log.atomix.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of a log, from its first entry to the first damage.
 *
 * @param firstIndex index of the first entry, or of the one to come
 * @param lastIndex index of the last entry before any damage; {@code firstIndex - 1} for none
 * @param damage what is wrong after it, with the file's name; null for nothing
 * @param beyond files after the damage, or with nothing but damage: of no use
 * @param replaced files before a gap that the snapshot covers: they were dropped when the power
 *     went, and the disk had not dropped all of them
 */
record FoundLog(
    long firstIndex,
    long lastIndex,
    @Nullable String damage,
    List<Path> beyond,
    List<Path> replaced) {
  FoundLog {
    beyond = List.copyOf(beyond);
    replaced = List.copyOf(replaced);
  }

  /**
   * Reads all files.
   *
   * @param snapshot up to this index nothing is needed
   */
  static FoundLog read(Path directory, String prefix, int maxEntryBytes, long snapshot)
      throws IOException {
    long first = 1;
    long last = 0;
    String damage = null;
    boolean any = false;
    List<Path> beyond = new ArrayList<>();
    List<Path> replaced = new ArrayList<>();
    List<Path> read = new ArrayList<>();
    for (Map.Entry<Long, Path> file : SegmentFiles.list(directory, prefix).entrySet()) {
      if (damage != null) {
        beyond.add(file.getValue());
        continue;
      }
      SegmentFile found = SegmentFile.read(file.getValue(), file.getKey(), maxEntryBytes);
      if (found.unreadable()) {
        damage = file.getValue() + ": " + found.problem();
        beyond.add(file.getValue());
        continue;
      }
      if (any && found.firstIndex() > last + 1 && found.firstIndex() <= snapshot + 1) {
        replaced.addAll(read);
        read.clear();
        any = false;
      }
      if (any && found.firstIndex() != last + 1) {
        damage =
            String.format(
                "%s begins with index %d, but the file before it ends with %d",
                file.getValue(), found.firstIndex(), last);
        beyond.add(file.getValue());
      } else {
        first = any ? first : found.firstIndex();
        last = found.lastIndex();
        any = true;
        read.add(file.getValue());
        damage = found.problem() == null ? null : file.getValue() + ": " + found.problem();
      }
    }
    return new FoundLog(first, last, damage, beyond, replaced);
  }
}
