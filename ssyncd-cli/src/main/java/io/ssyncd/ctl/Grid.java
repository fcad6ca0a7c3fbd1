package io.ssyncd.ctl;

import java.util.List;

/** Rows under a heading, in columns of fixed widths: 80 or less with the blanks between them. */
final class Grid {
  /**
   * A column.
   *
   * @param head its heading
   * @param width in columns of the terminal
   * @param right whether its cells are at the right
   */
  record Column(String head, int width, boolean right) {}

  private final List<Column> columns;
  private final StringBuilder out = new StringBuilder();

  private Grid(List<Column> columns) {
    this.columns = columns;
    row(columns.stream().map(Column::head).toArray());
  }

  static Grid of(Column... columns) {
    int width = columns.length - 1;
    for (Column column : columns) {
      width += column.width();
    }
    if (width > Columns.WIDTH) {
      throw new IllegalArgumentException(width + " columns are more than " + Columns.WIDTH);
    }
    return new Grid(List.of(columns));
  }

  static Column left(String head, int width) {
    return new Column(head, width, false);
  }

  static Column right(String head, int width) {
    return new Column(head, width, true);
  }

  /** Text, or numbers, which are rounded rather than cut. */
  Grid row(Object... cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Object cell = cells[i];
      String text =
          cell instanceof Long number
              ? Columns.number(number, column.width())
              : String.valueOf(cell);
      line.append(i == 0 ? "" : " ");
      line.append(
          column.right()
              ? Columns.right(text, column.width())
              : Columns.left(text, column.width()));
    }
    out.append(line.toString().stripTrailing()).append('\n');
    return this;
  }

  /** A line of its own among the rows. */
  Grid line(String text) {
    out.append(Columns.fit(text, Columns.WIDTH)).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
