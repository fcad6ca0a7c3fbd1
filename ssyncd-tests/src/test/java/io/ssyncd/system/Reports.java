package io.ssyncd.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Command;
import java.io.IOException;

/** What {@code -o json write} says. */
final class Reports {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Reports() {}

  /** The report on the one scope that was written. */
  static JsonNode of(Command.Result answer) throws IOException {
    JsonNode scopes = JSON.readTree(answer.out()).path("scopes");
    if (scopes.size() != 1) {
      throw new AssertionError("not one scope: " + answer);
    }
    return scopes.path(0);
  }
}
