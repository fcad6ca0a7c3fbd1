package io.ssyncd.source.recent;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/** A choice of tables by globs; a table's name is a file name, so they are those of files. */
final class Globs {
  private final List<PathMatcher> globs;

  /**
   * @throws IllegalArgumentException naming the glob that is none
   */
  Globs(List<String> globs) {
    this.globs = globs.stream().map(Globs::compile).toList();
  }

  /** Whether a glob fits; never for a name that this host's file names cannot spell. */
  boolean match(String table) {
    try {
      Path name = Path.of(table);
      return globs.stream().anyMatch(glob -> glob.matches(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  static PathMatcher compile(String glob) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("no glob of table names: " + glob, e);
    }
  }
}
