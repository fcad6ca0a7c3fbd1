package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifyFifoTest {
  private static final String MASTER = "INSTANCE \"VI_1\" MASTER 198\n";

  @TempDir Path directory;
  private Path file;
  private final List<VrrpLine> heard = new CopyOnWriteArrayList<>();
  private NotifyFifo fifo;

  @BeforeEach
  void name() {
    file = directory.resolve("keepalived.fifo");
    fifo = new NotifyFifo(file, "a", heard::add);
  }

  @AfterEach
  void close() {
    fifo.close();
  }

  static void make(Path fifo) throws IOException, InterruptedException {
    Process made = new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
  }

  /** Both ends are held, as keepalived does. */
  static FileChannel keepalived(Path fifo) throws IOException {
    return FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  static void say(FileChannel fifo, String text) throws IOException {
    fifo.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void awaitHeard(int lines) {
    await().atMost(PATIENCE).until(() -> heard.size() == lines);
  }

  private void awaitWarning(String part) {
    await()
        .atMost(PATIENCE)
        .until(() -> fifo.warning() != null && fifo.warning().text().contains(part));
  }

  @Test
  void whatWasSaidBeforeTheNodeListensIsHeard() throws Exception {
    make(file);
    try (FileChannel keepalived = keepalived(file)) {
      say(keepalived, MASTER);
      fifo.begin();
      awaitHeard(1);
      say(keepalived, "nonsense\n" + MASTER);
      awaitHeard(2);
      assertThat(fifo.malformed()).isEqualTo(1);
      assertThat(fifo.warning()).isNull();
    }
  }

  @Test
  void aFifoThatIsMissingIsWarnedOfAndReadOnceItIsThere() throws Exception {
    fifo.begin();
    awaitWarning("it is missing");
    make(file);
    try (FileChannel keepalived = keepalived(file)) {
      say(keepalived, MASTER);
      awaitHeard(1);
      assertThat(fifo.warning()).isNull();
    }
  }

  @Test
  void aFifoThatIsMadeAnewIsReadAnew() throws Exception {
    make(file);
    fifo.begin();
    try (FileChannel keepalived = keepalived(file)) {
      say(keepalived, MASTER);
      awaitHeard(1);
    }
    Files.delete(file);
    fifo.look();
    awaitWarning("it is missing");
    make(file);
    try (FileChannel keepalived = keepalived(file)) {
      say(keepalived, MASTER);
      awaitHeard(2);
    }
  }

  @Test
  void anotherKindOfFileIsNoFifo() throws Exception {
    Files.writeString(file, MASTER);
    fifo.begin();
    awaitWarning("it is no FIFO");
    assertThat(heard).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(MASTER);
    Files.delete(file);
    make(file);
    try (FileChannel keepalived = keepalived(file)) {
      say(keepalived, MASTER);
      awaitHeard(1);
    }
  }

  @Test
  void nobodyWaitsForAFifoThatSaysNothing() throws Exception {
    make(file);
    fifo.begin();
    await().atMost(PATIENCE).until(() -> threads() == 1);
    fifo.close();
    await().atMost(PATIENCE).until(() -> threads() == 0);
  }

  @Test
  void oneThatWasNotBegunIsClosed() {
    fifo.close();
    assertThat(threads()).isZero();
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("ssyncd-keepalived-a"))
        .count();
  }
}
