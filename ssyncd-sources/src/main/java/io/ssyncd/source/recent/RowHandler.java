package io.ssyncd.source.recent;

/** Takes the rows of a table as they are read. */
public interface RowHandler {
  /**
   * A row.
   *
   * @param row valid until this call returns: the next row reuses it
   */
  void row(RowView row);

  /** Something that is no row; the rows after it follow. */
  void malformed(MalformedRow row);
}
