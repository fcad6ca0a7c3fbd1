package io.ssyncd.source.recent;

/**
 * A row that could not be read.
 *
 * @param table the table's name
 * @param line the row's number, from 1
 * @param offset where in the table's text the trouble is, in bytes from 0
 * @param problem what was wrong there
 */
public record MalformedRow(String table, long line, long offset, String problem) {
  @Override
  public String toString() {
    return "table " + table + ", line " + line + ", byte " + offset + ": " + problem;
  }
}
