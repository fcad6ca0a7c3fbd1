package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ssyncd.session.Feed;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FollowedFeedTest {
  /** Of a feed whose sink fails by a bug whenever it is asked. */
  private static FollowedFeed failing(Feed feed) {
    ScriptedEndpoint endpoint = new ScriptedEndpoint(feed);
    endpoint.bug = new IllegalStateException("a bug");
    LocalFeed local =
        new LocalFeed(
            feed,
            endpoint,
            null,
            new SinkWriter("unused", new NodeLoop("timer")),
            new FeedCounters());
    return new FollowedFeed(local, new Backoff(Duration.ZERO, Duration.ZERO));
  }

  /** All feeds had one count, and the first that failed was the only one that was heard of. */
  @Test
  void aBugBehindOneFeedHidesNoneBehindAnother() {
    Logger log = (Logger) LoggerFactory.getLogger(FollowedFeed.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    log.addAppender(said);
    try {
      FollowedFeed first = failing(F1);
      FollowedFeed second = failing(Feed.RECENT);
      for (int i = 0; i < 3; i++) {
        assertThat(first.emptied()).isEmpty();
        assertThat(second.emptied()).isEmpty();
      }
      assertThat(said.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .satisfiesExactly(
              text -> assertThat(text).contains(F1.toString()),
              text -> assertThat(text).contains(Feed.RECENT.toString()));
    } finally {
      log.detachAppender(said);
    }
  }
}
