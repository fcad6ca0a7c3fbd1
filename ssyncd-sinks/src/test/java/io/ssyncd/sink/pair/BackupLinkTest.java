package io.ssyncd.sink.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.table.SessionTable;
import io.ssyncd.testkit.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BackupLinkTest {
  private static final byte[] HELLO = Vectors.bytes("50");

  /**
   * Once it was told of everything it counted as one that had said no hello yet, and ten seconds
   * after it had said anything more it was cut off.
   */
  @Test
  @Timeout(60)
  void aBackupThatSaysMoreAfterItsHelloIsWaitedForStill() throws InterruptedException {
    Scripted socket = new Scripted(HELLO, new byte[] {HELLO[0]});
    BackupLink link =
        new BackupLink(socket, new SessionTable(), entry -> new long[0], new BackupCounters(), 10);
    Thread tells = new Thread(link::tell);
    tells.start();
    link.hear();
    tells.join();
    assertThat(socket.timeouts).startsWith(10_000).endsWith(0).hasSizeGreaterThan(1);
    assertThat(link.toDrop(Long.MAX_VALUE)).isNull();
  }

  /** Says one thing, and the next when everything was told. */
  private static final class Scripted extends Socket {
    final List<Integer> timeouts = new ArrayList<>();
    private final Deque<byte[]> says = new ArrayDeque<>();
    private final CountDownLatch asked = new CountDownLatch(1);

    /** One write may have begun before, and one tells. */
    private final CountDownLatch told = new CountDownLatch(3);

    Scripted(byte[]... says) {
      this.says.addAll(List.of(says));
    }

    @Override
    public synchronized void setSoTimeout(int millis) {
      timeouts.add(millis);
    }

    @Override
    public InputStream getInputStream() {
      return new InputStream() {
        @Override
        public int read() {
          throw new UnsupportedOperationException("it reads parts");
        }

        @Override
        public int read(byte[] to) throws IOException {
          return read(to, 0, to.length);
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
          byte[] next = says.poll();
          if (next != HELLO) {
            asked.countDown();
            await(told);
          }
          if (next == null) {
            return -1;
          }
          System.arraycopy(next, 0, to, from, next.length);
          return next.length;
        }
      };
    }

    @Override
    public OutputStream getOutputStream() {
      return new OutputStream() {
        @Override
        public void write(int each) {}

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          if (asked.getCount() == 0) {
            told.countDown();
          }
        }
      };
    }

    private static void await(CountDownLatch latch) throws IOException {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
  }
}
