package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.OldListing;
import java.util.function.BiConsumer;

/** Prints items as the old tool did, with its newline behind them if there are any. */
final class OldPrinter implements ItemPrinter {
  private final Main tool;
  private final OldListing listing;
  private final BiConsumer<OldListing, ObjectNode> how;

  private OldPrinter(Main tool, BiConsumer<OldListing, ObjectNode> how) {
    this.tool = tool;
    this.listing = new OldListing(tool::print);
    this.how = how;
  }

  /** Of {@code show}. */
  static ItemPrinter show(ShowCommand.What what, Main tool) {
    return new OldPrinter(
        tool, what == ShowCommand.What.HTTP ? OldListing::session : OldListing::entry);
  }

  /** Of {@code count}. */
  static ItemPrinter count(Main tool) {
    return new OldPrinter(tool, OldListing::count);
  }

  @Override
  public void item(ObjectNode item) {
    how.accept(listing, item);
  }

  @Override
  public void end() {
    if (!listing.isEmpty()) {
      tool.print("\n");
    }
    if (listing.hidden() > 0) {
      tool.err()
          .println(
              "ssyncdctl: not shown: "
                  + listing.hidden()
                  + " keys of BASIC services, or of services that this host's pound.cfg does not"
                  + " name; root may add --reveal");
    }
  }
}
