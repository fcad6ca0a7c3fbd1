package io.ssyncd.daemon.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OldAnswersTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** All of them looked like the session of a client whose key is "null". */
  @Test
  void aKeyThatIsASecretHasItsNameInItsPlace() throws IOException {
    ObjectNode item = JSON.objectNode().put("scope", "f1").put("listener", 0).put("service", 0);
    item.putNull("key").put("name", "1a2b3c4d");
    item.put("lastAccessMs", 5_000).put("address", "10.0.0.1:80");
    OldAnswers answers =
        new OldAnswers(
            (request, reply) -> {
              reply.item(item);
              reply.result(Exit.OK, JSON.objectNode());
            });
    assertThat(show(answers)).endsWith("\t\t\tSession: hidden-1a2b3c4d [ 5 ] >> 10.0.0.1:80\n");
  }

  /** The old tool prints what it gets: a key could have moved the cursor of its terminal. */
  @Test
  void whatATerminalWouldObeyIsShown() throws IOException {
    ObjectNode item = JSON.objectNode().put("scope", "f1").put("listener", 0).put("service", 0);
    item.put("key", "a\u001b[2Jb").put("lastAccessMs", 5_000).put("address", "10.0.0.1");
    OldAnswers answers =
        new OldAnswers(
            (request, reply) -> {
              reply.item(item);
              reply.result(Exit.OK, JSON.objectNode());
            });
    assertThat(show(answers)).endsWith("\t\t\tSession: a\\x1b[2Jb [ 5 ] >> 10.0.0.1\n");
  }

  /** Sixteen clients that did not read took a gigabyte. */
  @Test
  void answersThatWaitForTheirClientsTakeACommonRoom() throws IOException {
    ObjectNode item = JSON.objectNode().put("scope", "f1").put("listener", 0).put("service", 0);
    item.put("key", "k".repeat(1_000)).put("lastAccessMs", 5_000).put("address", "10.0.0.1");
    OldAnswers answers =
        new OldAnswers(
            (request, reply) -> {
              reply.item(item);
              reply.result(Exit.OK, JSON.objectNode());
            },
            1_500);
    OldRequest request = new OldRequest(OldRequest.Command.SHOW_HTTP, "");
    try (OldAnswers.Answer waits = answers.answer(request)) {
      assertThat(waits.bytes()).hasSizeGreaterThan(1_000);
      assertThat(show(answers)).hasSizeLessThan(500).endsWith("... cut\n");
    }
    assertThat(show(answers)).hasSizeGreaterThan(1_000).doesNotContain("cut");
  }

  private static String show(OldAnswers answers) throws IOException {
    try (OldAnswers.Answer answer =
        answers.answer(new OldRequest(OldRequest.Command.SHOW_HTTP, ""))) {
      return new String(answer.bytes(), StandardCharsets.UTF_8);
    }
  }
}
