package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How fast things went between two documents of {@code top}. A counter that went back is one of a
 * daemon that was started anew: nothing is known of its rate.
 *
 * @param interval between the two
 * @param entries of the log, a second
 * @param changes of records, a second
 * @param events of each feed, a second, by kind and name
 */
record Rates(Duration interval, double entries, double changes, Map<String, Double> events) {
  static Rates between(JsonNode before, JsonNode after) {
    Duration interval =
        Duration.between(
            Instant.parse(before.path("at").asText()), Instant.parse(after.path("at").asText()));
    double seconds = Math.max(1e-3, interval.toNanos() / 1e9);
    Map<String, Long> earlier = new HashMap<>();
    before.path("feeds").forEach(feed -> earlier.put(name(feed), feed.path("events").asLong()));
    Map<String, Double> events = new HashMap<>();
    for (JsonNode feed : after.path("feeds")) {
      long now = feed.path("events").asLong();
      events.put(name(feed), rate(earlier.getOrDefault(name(feed), now), now, seconds));
    }
    return new Rates(
        interval,
        rate(before.path("appliedIndex").asLong(), after.path("appliedIndex").asLong(), seconds),
        rate(before.path("changes").asLong(), after.path("changes").asLong(), seconds),
        events);
  }

  static String name(JsonNode feed) {
    return feed.path("kind").asText() + " " + feed.path("scope").asText();
  }

  double allEvents() {
    return events.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static double rate(long before, long after, double seconds) {
    return Math.max(0, after - before) / seconds;
  }

  /** As people read it: exact where it is slow. */
  static String text(double rate) {
    return rate < 100
        ? String.format(java.util.Locale.ROOT, "%.1f", rate)
        : Columns.number(Math.round(rate), 6);
  }
}
