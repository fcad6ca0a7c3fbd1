package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.SyncNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {
  @TempDir Path dir;

  @Test
  void aQuitOfAClientThatHasLeftIsDoneAllTheSame() {
    AtomicInteger quits = new AtomicInteger();
    Verbs verbs = new Verbs(neverStarted(), quits::incrementAndGet);
    assertThatThrownBy(
            () ->
                verbs.answer(JsonNodeFactory.instance.objectNode().put("verb", "quit"), new Gone()))
        .isInstanceOf(IOException.class);
    assertThat(quits).hasValue(1);
  }

  private SyncNode neverStarted() {
    TreeMap<String, LogConfig.MemberAddress> members = new TreeMap<>();
    members.put("a", new LogConfig.MemberAddress("127.0.0.1", 1, false));
    LogConfig log =
        new LogConfig(
            "a",
            dir,
            "test",
            members,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Durability.OS);
    NodeConfig config =
        new NodeConfig(
            dir,
            log,
            List.of(),
            new NodeConfig.Promotion(
                List.of(),
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(10),
                NodeConfig.Gate.PRIORITY),
            new NodeConfig.Limits(1, 1),
            NodeConfig.DIGEST_EVERY,
            List.of());
    return new SyncNode(config, new AtomixLog(log), List.of());
  }

  /** A client that has left: whatever is sent to it fails. */
  private static final class Gone implements Reply {
    @Override
    public void item(JsonNode item) throws IOException {
      throw new IOException("gone");
    }

    @Override
    public void flush() throws IOException {
      throw new IOException("gone");
    }

    @Override
    public void result(int exit, JsonNode result) throws IOException {
      throw new IOException("gone");
    }

    @Override
    public void error(int exit, String error) throws IOException {
      throw new IOException("gone");
    }
  }
}
