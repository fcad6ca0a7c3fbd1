package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.cli.Foreign;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.SavedTableReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that {@code snapshot save} wrote. */
final class SavedFile {
  private SavedFile() {}

  /**
   * Reads it to its end.
   *
   * @return what it begins with
   * @throws io.ssyncd.table.UnusableSnapshotException if it is damaged; says where
   */
  static SavedTable verify(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      SavedTableReader reader = new SavedTableReader(in);
      List<SessionRecord> some = reader.next();
      while (!some.isEmpty()) {
        some = reader.next();
      }
      return reader.header();
    }
  }

  /** What a result says of it. */
  static String describe(JsonNode saved) {
    return saved.path("http").asLong()
        + " HTTP sessions and "
        + saved.path("recent").asLong()
        + " recent entries of cluster "
        + Foreign.shown(saved.path("cluster").asText())
        + " at index "
        + saved.path("index").asLong();
  }
}
