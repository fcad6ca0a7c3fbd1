package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Prints items one by one, however many there are. */
interface ItemPrinter {
  void item(ObjectNode item);

  void end();

  /** One JSON document whose {@code items} are printed as they come. */
  final class Json implements ItemPrinter {
    private static final String HEAD = "{\"version\":1,\"items\":[";

    private final Main tool;
    private boolean any;

    Json(Main tool) {
      this.tool = tool;
    }

    @Override
    public void item(ObjectNode item) {
      tool.printUtf8((any ? ",\n" : HEAD + "\n") + JsonText.of(item));
      any = true;
    }

    @Override
    public void end() {
      tool.print((any ? "" : HEAD) + "]}\n");
    }
  }
}
