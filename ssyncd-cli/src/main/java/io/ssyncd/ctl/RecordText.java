package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Records in words. A key that is a secret is told by its name alone. */
final class RecordText {
  private RecordText() {}

  /** Where it is, and whose: {@code http shop, listener 0, service 1, key client}. */
  static String place(JsonNode record) {
    String scope = record.path("kind").asText() + " " + record.path("scope").asText();
    if (!record.path("kind").asText().equals("http")) {
      return scope + ", " + record.path("address").asText();
    }
    return scope
        + ", listener "
        + record.path("listener").asLong()
        + ", service "
        + record.path("service").asLong()
        + ", "
        + key(record);
  }

  static String key(JsonNode record) {
    return record.hasNonNull("key")
        ? "key " + bytes(record.path("key").asText())
        : "session " + record.path("name").asText() + " (its key is a secret)";
  }

  /** What it says: the backend, or when a client was seen. */
  static String value(JsonNode record) {
    if (record.has("backend")) {
      return "backend "
          + record.path("backend").asLong()
          + " at "
          + bytes(record.path("address").asText())
          + ", last used "
          + Ages.second(record.path("lastAccessMs").asLong());
    }
    if (record.has("stampsMs")) {
      JsonNode stamps = record.path("stampsMs");
      return stamps.size()
          + " packets, from "
          + Ages.second(stamps.path(0).asLong())
          + " to "
          + Ages.second(record.path("lastSeenMs").asLong());
    }
    return "";
  }

  /**
   * Bytes, one character each, as text: what is UTF-8 is read as that, else what is no ASCII is
   * shown as {@code \\xNN}, as {@code find} takes it.
   */
  private static String bytes(String latin1) {
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder out = new StringBuilder();
      for (byte each : bytes) {
        out.append(each >= 0 ? String.valueOf((char) each) : String.format("\\x%02x", each));
      }
      return out.toString();
    }
  }
}
