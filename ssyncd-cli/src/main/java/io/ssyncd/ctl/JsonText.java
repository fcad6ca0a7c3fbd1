package io.ssyncd.ctl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Documents from text and back, by the streaming half of Jackson alone: an ObjectMapper would cost
 * a tool that lives for a tenth of a second a third of its life.
 *
 * <p>What is written is fit for a terminal: control characters are escaped, those beyond ASCII as
 * well.
 */
final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static {
    FACTORY.setCharacterEscapes(new Controls());
  }

  private JsonText() {}

  /**
   * The one document of a text; a missing node if there is none.
   *
   * @throws IOException if it is not JSON, or nested too deeply for Jackson
   */
  static JsonNode read(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      JsonToken first = parser.nextToken();
      JsonNode node = first == null ? MissingNode.getInstance() : value(parser, first);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more than one document");
      }
      return node;
    }
  }

  static String of(JsonNode document) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(document, generator);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes what is written", e);
    }
    return out.toString();
  }

  /** The nodes' own way to write themselves asks an ObjectMapper how. */
  private static void write(JsonNode node, JsonGenerator to) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        to.writeStartObject();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
          to.writeFieldName(field.getKey());
          write(field.getValue(), to);
        }
        to.writeEndObject();
      }
      case ARRAY -> {
        to.writeStartArray();
        for (JsonNode each : node) {
          write(each, to);
        }
        to.writeEndArray();
      }
      case STRING -> to.writeString(node.textValue());
      case BOOLEAN -> to.writeBoolean(node.booleanValue());
      case NUMBER -> number(node, to);
      default -> to.writeNull();
    }
  }

  private static void number(JsonNode node, JsonGenerator to) throws IOException {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      to.writeNumber(node.longValue());
    } else if (node.isIntegralNumber()) {
      to.writeNumber(node.bigIntegerValue());
    } else {
      to.writeNumber(node.doubleValue());
    }
  }

  private static JsonNode value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new JsonParseException(parser, "no value: " + token);
    };
  }

  private static JsonNode integer(JsonParser parser) throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }

  private static ObjectNode object(JsonParser parser) throws IOException {
    ObjectNode node = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      node.set(name, value(parser, parser.nextToken()));
    }
    return node;
  }

  private static ArrayNode array(JsonParser parser) throws IOException {
    ArrayNode node = NODES.arrayNode();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      node.add(value(parser, next));
    }
    return node;
  }

  /** The control characters that Jackson does not think of: DEL, and U+0080 to U+009F. */
  private static final class Controls extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private static final int DEL = 0x7f;

    private final int[] ascii = standardAsciiEscapesForJSON();

    Controls() {
      ascii[DEL] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return c > DEL && Character.isISOControl(c)
          ? new SerializedString(String.format("\\u%04X", c))
          : null;
    }
  }
}
