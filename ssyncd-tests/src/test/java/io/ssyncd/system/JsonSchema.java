package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/json.md promises of each verb's document, and whether a document keeps it. */
final class JsonSchema {
  private static final Path MANUAL = Path.of("..", "docs", "json.md");
  private static final Pattern ROW = Pattern.compile("\\| (`.+`) \\| ([^|]+) \\|.*");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  /** Field paths and their types, in the manual's order. */
  private final Map<String, String> fields = new LinkedHashMap<>();

  private final String verb;

  private JsonSchema(String verb) {
    this.verb = verb;
  }

  /** The section of a heading; a heading may name more than one verb. */
  static JsonSchema of(String verb) {
    JsonSchema schema = new JsonSchema(verb);
    boolean in = false;
    for (String line : manual()) {
      if (line.startsWith("## ")) {
        in = List.of(line.substring(3).split(", ")).contains(verb);
      }
      Matcher row = ROW.matcher(line);
      if (in && row.matches()) {
        Matcher names = NAME.matcher(row.group(1));
        while (names.find()) {
          schema.fields.put(names.group(1), row.group(2).strip());
        }
      }
    }
    assertThat(schema.fields).as("the manual has a section " + verb).isNotEmpty();
    return schema;
  }

  private static List<String> manual() {
    try {
      return Files.readAllLines(MANUAL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails unless the document has every field that it has to have, and none that is unknown. */
  void check(JsonNode document) {
    assertThat(document.path("version").asInt()).as(verb + ": version").isEqualTo(1);
    for (Map.Entry<String, String> field : fields.entrySet()) {
      has(document, field.getKey(), field.getValue());
    }
    TreeSet<String> unknown = new TreeSet<>();
    paths(document, "", unknown);
    unknown.removeIf(this::isKnown);
    assertThat(unknown).as(verb + ": fields that docs/json.md does not name").isEmpty();
  }

  /** How many objects were found where a field's parent is: for a test that wants some. */
  static List<JsonNode> at(JsonNode document, String path) {
    List<JsonNode> now = List.of(document);
    for (String step : path.isEmpty() ? new String[0] : path.split("\\.")) {
      List<JsonNode> next = new ArrayList<>();
      for (JsonNode node : now) {
        if (step.equals("*")) {
          node.forEach(next::add);
        } else if (step.endsWith("[]")) {
          node.path(step.substring(0, step.length() - 2)).forEach(next::add);
        } else if (node.has(step)) {
          next.add(node.get(step));
        }
      }
      now = next;
    }
    return now;
  }

  private void has(JsonNode document, String path, String type) {
    int dot = path.lastIndexOf('.');
    String name = path.substring(dot + 1);
    for (JsonNode parent : at(document, dot < 0 ? "" : path.substring(0, dot))) {
      if (name.equals("*")) {
        parent.forEach(value -> isOf(path, type, value));
      } else if (parent.isObject() && (parent.has(name) || !type.endsWith("?"))) {
        assertThat(parent.has(name)).as("%s: %s in %s", verb, path, parent).isTrue();
        isOf(path, type, parent.get(name));
      }
    }
  }

  private void isOf(String path, String type, JsonNode value) {
    String bare = type.replace("?", "").replace(" or null", "");
    if (value.isNull()) {
      assertThat(type).as("%s: %s is null", verb, path).contains("or null");
      return;
    }
    boolean is =
        switch (bare) {
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "text" -> value.isTextual();
          case "time" -> value.isTextual() && Instant.parse(value.asText()) != null;
          case "boolean" -> value.isBoolean();
          case "object" -> value.isObject();
          case "list" -> value.isArray();
          default ->
              throw new IllegalArgumentException("the manual's type of " + path + ": " + type);
        };
    assertThat(is).as("%s: %s is a %s: %s", verb, path, type, value).isTrue();
  }

  private boolean isKnown(String path) {
    return fields.keySet().stream()
        .anyMatch(
            known ->
                path.matches(
                    known
                        .replace("[]", "\u0000")
                        .replace(".", "\\.")
                        .replace("*", "[^.]+")
                        .replace("\u0000", "\\[\\]")));
  }

  /** Lists of objects are looked into, but for the pairs of diff: those are records. */
  private void paths(JsonNode node, String prefix, TreeSet<String> to) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String path = prefix + field.getKey().replace('.', '_');
      to.add(path);
      if (field.getValue().isObject()) {
        paths(field.getValue(), path + ".", to);
      } else if (!verb.equals("diff") || !path.equals("records")) {
        for (JsonNode element : field.getValue()) {
          if (element.isObject()) {
            paths(element, path + "[].", to);
          }
        }
      }
    }
  }
}
