package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Entry.Operation.StartFeed;
import io.ssyncd.log.Entry.Operation.StopFeed;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.Feed;
import io.ssyncd.table.SessionTable;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  @TempDir Path directory;
  private final SessionTable table = new SessionTable();
  private long index;

  private void apply(Entry.Operation operation) {
    table.apply(++index, EntryCodec.encode(new Entry.Command(UUID.randomUUID(), operation)));
  }

  private void refuses(Entry.Operation operation, String why) {
    try (TestCluster cluster = new TestCluster(directory, "a");
        NodeLoop loop = new NodeLoop("ssyncd-test")) {
      Commands commands = new Commands(cluster.log.log("a"), table, loop, TestCluster.tuning());
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> commands.execute(operation).get(30, TimeUnit.SECONDS))
          .withCauseInstanceOf(IllegalArgumentException.class)
          .withMessageContaining(why);
    }
  }

  @Test
  void oneStartedFeedTooManyIsRefusedByName() {
    for (int i = 0; i < Feeds.MAX_FEEDS; i++) {
      apply(new StartFeed(Feed.farm("f" + i)));
    }
    refuses(new StartFeed(Feed.farm("more")), "http more");
  }

  @Test
  void namesOfStoppedFeedsDoNotPileUp() {
    for (int i = 0; i < Commands.MAX_STOPPED; i++) {
      apply(new StopFeed(Feed.farm("f" + i)));
    }
    assertThat(table.stoppedFeeds()).hasSize(Commands.MAX_STOPPED);
    refuses(new StopFeed(Feed.farm("more")), "http more");
  }
}
