package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** Times as people say them. */
final class Ages {
  private Ages() {}

  /** Such as {@code 3 h 2 min}. */
  static String of(Duration age) {
    if (age.isNegative() || age.toSeconds() < 1) {
      return "0 s";
    }
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min " + age.toSecondsPart() + " s";
    }
    if (age.toDays() < 1) {
      return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
    return age.toDays() + " d " + age.toHoursPart() + " h";
  }

  /** How long ago, in one unit; a dash for none. */
  static String ago(JsonNode time, Instant now) {
    try {
      Duration age = Duration.between(Instant.parse(time.asText("")), now);
      return of(age).replaceFirst("^(\\d+ \\S+).*", "$1") + " ago";
    } catch (DateTimeParseException none) {
      return "-";
    }
  }

  /** To the second, such as {@code 2026-01-01T00:00:00Z}. */
  static String second(JsonNode time) {
    return time.asText("-").replaceFirst("\\.\\d+Z$", "Z");
  }

  /** Likewise, of milliseconds since 1970. */
  static String second(long ms) {
    return Instant.ofEpochMilli(ms).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
