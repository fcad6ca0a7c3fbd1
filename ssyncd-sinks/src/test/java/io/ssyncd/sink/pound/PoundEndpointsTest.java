package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.Endpoint;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.SessionType;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoundEndpointsTest {
  @TempDir Path directory;

  private PoundEndpoints endpoints() {
    return new PoundEndpoints(
        farm -> PoundLinkConfig.of(farm).withSocketDirectory(directory),
        Map.of("named", directory.resolve("other.cfg")),
        directory + "/%s.cfg");
  }

  @Test
  void opensFarmsWithTheirOwnFileOrThatOfThePattern() {
    assertThat(endpoints().kind()).isEqualTo(Kind.HTTP);
    try (Endpoint named = endpoints().open(Feed.farm("named"));
        Endpoint other = endpoints().open(Feed.farm("f2"))) {
      assertThat(named.sink().feed()).isEqualTo(Feed.farm("named"));
      assertThat(other.source().feed()).isEqualTo(Feed.farm("f2"));
      PoundFixture.within()
          .untilAsserted(
              () ->
                  assertThat(named.sink().warnings())
                      .singleElement()
                      .extracting("text")
                      .asString()
                      .contains("other.cfg"));
      PoundFixture.within()
          .untilAsserted(
              () ->
                  assertThat(other.sink().warnings())
                      .singleElement()
                      .extracting("text")
                      .asString()
                      .contains("f2.cfg"));
    }
  }

  @Test
  void keysOfBasicServicesAreSecretsAndThoseOfServicesThatNobodyKnows() throws Exception {
    Farm.Backend backend = Farm.Backend.of("10.1.1.1", 80);
    Farm farm =
        new Farm(
            "named",
            List.of(
                new Farm.Listener(
                    "127.0.0.1",
                    80,
                    List.of(
                        new Farm.Service("c", SessionType.COOKIE, "SID", 300, List.of(backend)),
                        new Farm.Service("b", SessionType.BASIC, "", 300, List.of(backend))))));
    Files.writeString(directory.resolve("other.cfg"), PoundCfgWriter.write(farm));
    try (Endpoint named = endpoints().open(Feed.farm("named"));
        Endpoint unknown = endpoints().open(Feed.farm("f2"))) {
      PoundFixture.within().until(() -> !named.isSecret(key("named", 0)));
      assertThat(named.isSecret(key("named", 1))).isTrue();
      assertThat(named.isSecret(key("named", 2))).isTrue();
      assertThat(unknown.isSecret(key("f2", 0))).isTrue();
    }
  }

  private static HttpKey key(String farm, int service) {
    return new HttpKey(farm, 0, service, Bytes.utf8("dXNlcjpwYXNz"));
  }

  @Test
  void theKernelsTablesAreNoFarm() {
    assertThatThrownBy(() -> endpoints().open(Feed.RECENT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
