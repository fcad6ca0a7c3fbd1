package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.KeyName;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedTest {
  private static final HttpSession PASSWORD = session(0, "YWxpY2U6c2VjcmV0");
  private static final HttpSession PLAIN = session(1, "abc");

  @TempDir Path dir;

  @Test
  void aSecretKeyIsLeftOutAndItsNameStays() throws Exception {
    Masked mask = Masked.on(MaskedTest::secret, request(), from("eve", false));

    JsonNode hidden = mask.of(PASSWORD);
    assertThat(hidden.path("key").isNull()).isTrue();
    assertThat(hidden.path("name").asText()).isEqualTo(KeyName.of(PASSWORD.key().key()));
    assertThat(hidden.toString()).doesNotContain("YWxpY2U6c2VjcmV0");
    assertThat(mask.of(PLAIN)).isEqualTo(SessionJson.of(PLAIN));
  }

  @Test
  void whoCouldReadTheDaemonsMemoryMayHaveItRevealed() throws Exception {
    Masked mask = Masked.on(MaskedTest::secret, request().put("reveal", true), from("root", true));
    assertThat(mask.of(PASSWORD)).isEqualTo(SessionJson.of(PASSWORD));
  }

  @Test
  void nobodyElseMay() {
    assertThatThrownBy(
            () -> Masked.on(MaskedTest::secret, request().put("reveal", true), from("eve", false)))
        .isInstanceOf(NotPermittedException.class)
        .hasMessageContaining("not to eve");
  }

  @Test
  void theKernelSaysWhoAsks() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      try (SocketChannel client = SocketChannel.open(address);
          SocketChannel accepted = server.accept()) {
        assertThat(client.isConnected()).isTrue();
        assertThat(Caller.of(accepted))
            .isEqualTo(new Caller(System.getProperty("user.name"), true));
      }
    }
  }

  private static boolean secret(io.ssyncd.session.SessionKey key) {
    return key instanceof HttpKey http && http.service() == 0;
  }

  private static HttpSession session(int service, String key) {
    return new HttpSession(
        new HttpKey("f1", 0, service, Bytes.utf8(key)), 0, Bytes.utf8("10.0.0.1"), 1000);
  }

  private static ObjectNode request() {
    return JsonNodeFactory.instance.objectNode().put("verb", "show");
  }

  private static Reply from(String user, boolean owner) {
    return new Reply() {
      @Override
      public Caller caller() {
        return new Caller(user, owner);
      }

      @Override
      public void item(JsonNode item) {}

      @Override
      public void flush() {}

      @Override
      public void result(int exit, JsonNode result) {}

      @Override
      public void error(int exit, String error) {}
    };
  }
}
