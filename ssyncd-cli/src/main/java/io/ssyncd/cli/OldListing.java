package io.ssyncd.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Lists items of {@code show} and {@code count} in the old daemon's words, which scripts parse. Its
 * captured replies are among the test resources; times of entries are milliseconds since 1970 where
 * it had jiffies. Session keys are bytes and stay as they are, but for control characters; in the
 * place of one that is a secret stands the name that reports call the session by. Of one listing;
 * not thread-safe.
 */
public final class OldListing {
  private final Consumer<byte[]> out;
  private String scope = "";
  private long listener = -1;
  private long service = -1;
  private long hidden;
  private boolean any;

  /**
   * An empty listing.
   *
   * @param out takes its lines as they come
   */
  public OldListing(Consumer<byte[]> out) {
    this.out = out;
  }

  /** Whether nothing was listed. */
  public boolean isEmpty() {
    return !any;
  }

  /** How many keys were not shown. */
  public long hidden() {
    return hidden;
  }

  /** A session of {@code show http}; those of a farm, a listener and a service come together. */
  public void session(JsonNode item) {
    String farm = item.path("scope").asText();
    if (!farm.equals(scope)) {
      scope = farm;
      listener = -1;
      text("farm:  " + Foreign.shown(farm) + "\n");
    }
    if (item.path("listener").asLong() != listener) {
      listener = item.path("listener").asLong();
      service = -1;
      text("\thttp Listener: " + listener + "\n");
    }
    if (item.path("service").asLong() != service) {
      service = item.path("service").asLong();
      text(" \t\tService: " + service + "\n");
    }
    bytes(
        "\t\t\tSession: "
            + key(item)
            + " [ "
            + item.path("lastAccessMs").asLong() / 1000
            + " ] >> "
            + Foreign.shownBytes(item.path("address").asText())
            + "\n");
  }

  private String key(JsonNode item) {
    if (item.path("key").isNull()) {
      hidden++;
      return "hidden-" + item.path("name").asText();
    }
    return Foreign.shownBytes(item.path("key").asText());
  }

  /** An entry of {@code show recent}; those of a table come together. */
  public void entry(JsonNode item) {
    String table = item.path("scope").asText();
    if (!table.equals(scope)) {
      scope = table;
      text("# " + Foreign.shown(table) + "\n");
    }
    StringBuilder line = new StringBuilder(" src: ").append(item.path("address").asText());
    line.append("ttl: ").append(item.path("ttl").asInt());
    line.append(" last seen: ").append(item.path("lastSeenMs").asLong());
    line.append(" old packets: ").append(item.path("stampsMs").size());
    item.path("stampsMs").forEach(stamp -> line.append(' ').append(stamp.asLong()));
    text(line.append('\n').toString());
  }

  /** A farm or a table of {@code count}. */
  public void count(JsonNode item) {
    String name = Foreign.shown(item.path("scope").asText());
    if (item.has("services")) {
      text("farm:  " + name + "\n");
      item.path("services").forEach(each -> text(each.path("count").asLong() + "\n"));
    } else {
      text("# " + name + ": " + item.path("count").asLong() + "\n");
    }
  }

  private void text(String line) {
    any = true;
    out.accept(line.getBytes(StandardCharsets.UTF_8));
  }

  /** Keys and addresses of backends are bytes, one character each. */
  private void bytes(String line) {
    any = true;
    out.accept(line.getBytes(StandardCharsets.ISO_8859_1));
  }
}
