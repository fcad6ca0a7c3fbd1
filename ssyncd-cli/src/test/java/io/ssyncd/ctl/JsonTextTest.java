package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private static final String DOCUMENT =
      "{\"a\":[1,-2147483649,12345678901234567890,1.5,true,false,null,[],{}],\"b\":{\"c\":\"\u00e9\\u001b\\n"
          + "\\\"\"}}";

  @Test
  void readsAndWritesAsAnObjectMapperDoes() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode read = JsonText.read(DOCUMENT);
    assertThat(read).isEqualTo(mapper.readTree(DOCUMENT));
    assertThat(JsonText.of(read))
        .isEqualTo(mapper.writeValueAsString(read))
        .isEqualTo(DOCUMENT.replace("\\u001b", "\\u001B"));
  }

  @Test
  void controlCharactersBeyondAsciiAreEscaped() throws IOException {
    String foreign = "a\u007f\u009b1m\u00e9";
    String text = JsonText.of(JsonNodeFactory.instance.objectNode().put("key", foreign));
    assertThat(text).isEqualTo("{\"key\":\"a\\u007F\\u009B1m\u00e9\"}");
    assertThat(JsonText.read(text).path("key").asText()).isEqualTo(foreign);
  }

  @Test
  void whatIsNotOneDocumentIsAnError() throws IOException {
    assertThat(JsonText.read("").isMissingNode()).isTrue();
    assertThatThrownBy(() -> JsonText.read("{} {}")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> JsonText.read("{\"a\":")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> JsonText.read("[".repeat(100_000))).isInstanceOf(IOException.class);
  }
}
