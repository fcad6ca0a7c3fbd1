package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code show http} and {@code show recent} as the old tool printed them (its captured replies are
 * among the test resources). Session keys are printed byte for byte, but for control characters; in
 * the place of one that is a secret stands the name that reports call the session by.
 */
final class ShowText {
  private ShowText() {}

  static ItemPrinter of(ShowCommand.What what, Main tool) {
    return what == ShowCommand.What.HTTP ? new Http(tool) : new Recent(tool);
  }

  private static final class Http implements ItemPrinter {
    private final Main tool;
    private String farm = "";
    private long listener = -1;
    private long service = -1;
    private long hidden;
    private boolean any;

    Http(Main tool) {
      this.tool = tool;
    }

    @Override
    public void item(ObjectNode item) {
      String itsFarm = item.path("scope").asText();
      long itsListener = item.path("listener").asLong();
      long itsService = item.path("service").asLong();
      if (!itsFarm.equals(farm)) {
        farm = itsFarm;
        listener = -1;
        tool.printUtf8("farm:  " + Lines.shown(farm) + "\n");
      }
      if (itsListener != listener) {
        listener = itsListener;
        service = -1;
        tool.print("\thttp Listener: " + listener + "\n");
      }
      if (itsService != service) {
        service = itsService;
        tool.print(" \t\tService: " + service + "\n");
      }
      tool.print(
          "\t\t\tSession: "
              + key(item)
              + " [ "
              + item.path("lastAccessMs").asLong() / 1000
              + " ] >> "
              + Lines.shownBytes(item.path("address").asText())
              + "\n");
      any = true;
    }

    private String key(ObjectNode item) {
      if (item.path("key").isNull()) {
        hidden++;
        return "hidden-" + item.path("name").asText();
      }
      return Lines.shownBytes(item.path("key").asText());
    }

    @Override
    public void end() {
      if (any) {
        tool.print("\n");
      }
      if (hidden > 0) {
        tool.err()
            .println(
                "ssyncdctl: not shown: "
                    + hidden
                    + " keys of BASIC services, or of services that this host's pound.cfg does not"
                    + " name; root may add --reveal");
      }
    }
  }

  private static final class Recent implements ItemPrinter {
    private final Main tool;
    private String table = "";
    private boolean any;

    Recent(Main tool) {
      this.tool = tool;
    }

    @Override
    public void item(ObjectNode item) {
      if (!item.path("scope").asText().equals(table)) {
        table = item.path("scope").asText();
        tool.printUtf8("# " + Lines.shown(table) + "\n");
      }
      StringBuilder line = new StringBuilder(" src: ").append(item.path("address").asText());
      line.append("ttl: ").append(item.path("ttl").asInt());
      line.append(" last seen: ").append(item.path("lastSeenMs").asLong());
      line.append(" old packets: ").append(item.path("stampsMs").size());
      for (JsonNode stamp : item.path("stampsMs")) {
        line.append(' ').append(stamp.asLong());
      }
      tool.print(line.append('\n').toString());
      any = true;
    }

    @Override
    public void end() {
      if (any) {
        tool.print("\n");
      }
    }
  }
}
