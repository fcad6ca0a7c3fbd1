package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackFileTest {
  @TempDir Path directory;

  @Test
  void thePromotionIsSeenInTheFile() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, "a", "b", "c")) {
      CountDownLatch gate = new CountDownLatch(1);
      cluster.hosts.get("a").prepare(TestCluster.F1).gate = gate;
      cluster.startAll();
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("0"));
      cluster.log.elect("a");
      cluster.awaitState("a", NodeState.WRITING);
      await().during(java.time.Duration.ofMillis(150)).until(() -> cluster.track("a").equals("0"));
      gate.countDown();
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
      cluster.lead("b");
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("0"));
      await().atMost(PATIENCE).until(() -> cluster.track("b").equals("100"));
      cluster.stop("b");
      assertThat(cluster.track("b")).isEqualTo("0");
    }
  }

  @Test
  void withTheStrictGateTheAddressIsKeptAwayUntilVerified() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, "a", "b", "c")) {
      cluster.gate = NodeConfig.Gate.STRICT;
      cluster.startAll();
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("-254"));
      cluster.lead("a");
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
      assertThat(cluster.track("b")).isEqualTo("-254");
      cluster.stop("a");
      assertThat(cluster.track("a")).isEqualTo("0");
    }
  }

  @Test
  void keepalivedsOverwriteIsRepairedSoon() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, "a")) {
      cluster.startAll();
      cluster.lead("a");
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
      Files.writeString(cluster.trackFile("a"), "0\n");
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
      Files.delete(cluster.trackFile("a"));
      await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
    }
  }

  @Test
  void aReaderNeverSeesAnEmptyFile() throws Exception {
    Path file = directory.resolve("ready");
    TrackFile track = new TrackFile(file);
    track.write(100);
    AtomicBoolean done = new AtomicBoolean();
    List<String> seen = new CopyOnWriteArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              while (!done.get()) {
                try {
                  String text = Files.readString(file);
                  if (!text.equals("100\n") && !text.equals("50\n")) {
                    seen.add(text);
                  }
                } catch (java.io.IOException e) {
                  seen.add(e.toString());
                }
              }
            });
    reader.start();
    for (int i = 0; i < 2_000; i++) {
      track.write(i % 2 == 0 ? 50 : 100);
    }
    done.set(true);
    reader.join();
    assertThat(seen).isEmpty();
  }

  /** On a full disk the old number would stay, and draw the address to a node that is not ready. */
  @Test
  void aNumberThatIsOverIsTakenAwayWhereNoLowerOneCanBeWritten() throws Exception {
    Path file = directory.resolve("ready");
    TrackFile track = new TrackFile(file);
    track.write(100);
    Path blocking = Files.createDirectory(directory.resolve(".ready.next"));
    track.write(100);
    assertThat(file).as("it is as true as before").hasContent("100");
    track.write(0);
    assertThat(file).doesNotExist();
    assertThat(track.warning().text()).contains("cannot be written");
    Files.delete(blocking);
    track.write(0);
    assertThat(file).hasContent("0");
    assertThat(track.warning()).isNull();
  }

  /** keepalived would take it for this process's word. */
  @Test
  void whatAnEarlierProcessLeftIsNotBelievedOnceTheNodeHasBegun() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, "a", "b", "c")) {
      cluster.gate = NodeConfig.Gate.STRICT;
      Files.createDirectories(cluster.trackFile("a").getParent());
      Files.writeString(cluster.trackFile("a"), "0\n");
      var unused = cluster.start("a");
      assertThat(cluster.track("a")).isEqualTo("-254");
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsAWarning() throws Exception {
    Path blocked = directory.resolve("blocked");
    Files.writeString(blocked, "a file");
    TrackFile track = new TrackFile(blocked.resolve("ready"));
    track.write(100);
    assertThat(track.warning()).isNotNull();
    assertThat(track.warning().text()).contains("blocked");
    Files.delete(blocked);
    track.write(100);
    assertThat(track.warning()).isNull();
    track.close();
    track.write(100);
    assertThat(Files.readString(blocked.resolve("ready"))).isEqualTo("0\n");
  }
}
