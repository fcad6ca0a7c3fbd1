package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.Endpoint;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.nio.file.Path;
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
  void theKernelsTablesAreNoFarm() {
    assertThatThrownBy(() -> endpoints().open(Feed.RECENT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
