package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that hangs: to open a FIFO that nobody reads, for writing, waits as such a disk does. */
class HangingDiskTest {
  @TempDir Path directory;

  @Test
  void aDiskThatHangsDoesNotHoldTheWatchForTheAddress() throws Exception {
    InetAddress vip = InetAddress.getByName("10.99.0.1");
    TestCluster cluster = new TestCluster(directory, "a", "b", "c");
    cluster.vip = List.of(vip);
    Path track = hang(cluster.trackFile("a").resolveSibling(".a.next"));
    Path fresh = hang(directory.resolve("a").resolve("current.next"));
    try {
      cluster.startAll();
      cluster.log.elect("a");
      cluster.awaitState("a", NodeState.VERIFIED);
      cluster.addresses.get("a").add(vip);
      cluster.awaitState("a", NodeState.INGESTING);
      assertThat(cluster.track("a")).as("the file").isEmpty();
      assertThat(cluster.node("a").status().address().track())
          .as("what it is to say")
          .isEqualTo(100);
    } finally {
      try (FileChannel readsTrack = NotifyFifoTest.keepalived(track);
          FileChannel readsFresh = NotifyFifoTest.keepalived(fresh)) {
        cluster.close();
        assertThat(List.of(readsTrack, readsFresh)).allMatch(FileChannel::isOpen);
      }
    }
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("0"));
  }

  private static Path hang(Path file) throws Exception {
    Files.createDirectories(file.getParent());
    NotifyFifoTest.make(file);
    return file;
  }
}
