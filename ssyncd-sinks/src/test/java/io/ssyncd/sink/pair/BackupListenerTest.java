package io.ssyncd.sink.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.AddressRange;
import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import io.ssyncd.testkit.OldBackup;
import io.ssyncd.testkit.TableIntake;
import io.ssyncd.testkit.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Old backups, as doubles of them see us. */
class BackupListenerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HOST = "127.0.0.1";
  private static final String LONG_KEY = "k".repeat(200);

  private final TableIntake cluster = new TableIntake();
  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final int port = freePort();
  private BackupListener listener = listener("127.0.0.1/32", 1 << 18, PATIENCE);

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BackupListener listener(String allow, int waiting, Duration patience) {
    SessionTable table = cluster.table();
    return new BackupListener(
        new BackupListenerConfig(
                InetSocketAddress.createUnresolved(HOST, port), List.of(AddressRange.parse(allow)))
            .withBounds(waiting, patience),
        table,
        new BackupListener.Changes() {
          @Override
          public void onApplied(TableListener by) {
            table.onApplied(by);
          }

          @Override
          public void noMore(TableListener by) {
            table.noMore(by);
          }
        },
        entry -> entry.stampsMs(),
        leads::get);
  }

  @BeforeEach
  void lead() {
    leads.set(true);
    listener.look();
    until(() -> listener.figures().listening());
  }

  @AfterEach
  void end() {
    listener.close();
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(PATIENCE).until(condition);
  }

  private static HttpSession session(long service, String key, long seconds) {
    return new HttpSession(
        new HttpKey("f1", 0, service, Bytes.utf8(key)), 1, Bytes.utf8("10.0.0.1"), seconds * 1000);
  }

  private void put(HttpSession session) {
    cluster.apply(new Mutation.Put(session));
  }

  private static RecentEntry entry(int last, long... stamps) {
    return new RecentEntry(
        new RecentKey("T1", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) last)), 64, stamps);
  }

  /** It stayed connected to a node that did not lead any more. */
  @Test
  void aBackupThatWasTakenWhileThePortWasClosedIsLetGo() throws IOException {
    InetAddress host = InetAddress.getByName(HOST);
    try (ServerSocket shut = new ServerSocket(0, 1, host);
        Socket backup = new Socket(host, shut.getLocalPort());
        Socket taken = shut.accept()) {
      shut.close();
      listener.begin(taken, shut);
      assertThat(taken.isClosed()).isTrue();
      assertThat(backup.getInputStream().read()).isEqualTo(-1);
    }
    until(() -> listener.figures().connected() == 0);
  }

  @Test
  void aBackupIsToldOfEverythingAndThenOfWhatHappens() {
    for (int i = 0; i < 2_000; i++) {
      put(session(0, "k" + i, 100));
    }
    cluster.apply(new Mutation.Put(entry(1, 5, 6, 7)));
    try (OldBackup backup = new OldBackup(HOST, port)) {
      until(() -> backup.sessions().size() == 2_000);
      assertThat(backup.sessions()).containsEntry("f1 0 0 k7", "1 10.0.0.1 100");
      assertThat(backup.entries()).containsEntry("T1 10.0.0.1", "64 5 6 7");

      put(session(0, "k7", 200));
      cluster.apply(new Mutation.Delete(session(0, "k8", 0).key()));
      cluster.apply(new Mutation.Put(entry(2, 9)));
      cluster.apply(new Mutation.Delete(entry(1, 1).key()));
      until(() -> backup.entries().keySet().equals(Set.of("T1 10.0.0.2")));
      until(() -> backup.sessions().size() == 1_999);
      assertThat(backup.sessions()).containsEntry("f1 0 0 k7", "1 10.0.0.1 200");

      cluster.apply(new Mutation.ClearScope(Scope.farm("f1")));
      command(new Entry.Operation.Clear(Kind.RECENT, null));
      until(() -> backup.sessions().isEmpty() && backup.entries().isEmpty());
      assertThat(backup.clears()).isEqualTo(1);
    }
    until(() -> listener.figures().connected() == 0);
  }

  /** It was deleted everywhere but there. */
  @Test
  void whatIsPurgedIsForgottenByOldBackupsAsWell() {
    put(session(0, "forget", 1));
    put(session(0, "keep", 1));
    try (OldBackup backup = new OldBackup(HOST, port)) {
      until(() -> backup.sessions().size() == 2);
      SessionTable table = cluster.table();
      BatchBuilder purge = new BatchBuilder();
      assertThat(purge.add(new Mutation.Delete(session(0, "forget", 0).key()))).isTrue();
      table.apply(table.appliedIndex() + 1, purge.encodePurge(0, true));
      until(() -> backup.sessions().keySet().equals(Set.of("f1 0 0 keep")));
    }
  }

  private void command(Entry.Operation operation) {
    SessionTable table = cluster.table();
    table.apply(
        table.appliedIndex() + 1,
        EntryCodec.encode(new Entry.Command(UUID.randomUUID(), operation)));
  }

  @Test
  void whatTheProtocolCannotCarryIsCountedAndNotSent() {
    put(session(300, "a", 1));
    put(session(1, "b", 1));
    put(session(2, "c", 1));
    put(new HttpSession(session(1, "d", 1).key(), 256, Bytes.utf8("10.0.0.1"), 1000));
    cluster.apply(
        new Mutation.Put(new RecentEntry(new RecentKey("T1", Bytes.of(new byte[16])), 64, 1L)));
    try (OldBackup backup = new OldBackup(HOST, port)) {
      until(() -> backup.sessions().size() == 2);
      assertThat(backup.sessions()).containsOnlyKeys("f1 0 1 b", "f1 0 2 c");
      assertThat(listener.figures().notSent())
          .containsEntry("id-over-255", 2L)
          .containsEntry("ipv6", 1L);
      assertThat(listener.warnings())
          .extracting(warning -> warning.code())
          .containsExactly("old-backup-ids", "old-backup-services");
    }
  }

  @Test
  void aBackupThatDoesNotReadIsCutOffAndHoldsNobody() {
    listener.close();
    listener = listener("127.0.0.1/32", 5_000, PATIENCE);
    lead();
    try (OldBackup slow = new OldBackup(HOST, port);
        OldBackup good = new OldBackup(HOST, port)) {
      put(session(0, "k", 1));
      until(() -> slow.sessions().size() == 1 && good.sessions().size() == 1);
      slow.stall();
      for (int i = 0; !listener.figures().dropped().containsKey("too-slow") && i < 3_000_000; i++) {
        put(session(0, LONG_KEY + i % 100, i));
        if (i % 1000 == 0) {
          until(() -> listener.figures().waiting() < 5_000 || listener.figures().connected() < 2);
        }
      }
      assertThat(listener.figures().dropped()).containsKey("too-slow");
      until(() -> listener.figures().connected() == 1);
      put(session(0, "last", 1));
      until(() -> good.sessions().containsKey("f1 0 0 last"));
    }
  }

  @Test
  void aBackupThatReadsNothingForTooLongIsCutOff() {
    listener.close();
    listener = listener("127.0.0.1/32", 1 << 18, Duration.ofMillis(300));
    for (int i = 0; i < 15_000; i++) {
      put(session(0, "a-key-that-takes-some-room-in-every-buffer-on-the-way-" + i, 1));
    }
    lead();
    try (Silent backup = new Silent()) {
      backup.hello();
      until(() -> listener.figures().dropped().containsKey("does-not-read"));
      until(() -> listener.figures().connected() == 0);
    }
  }

  /** Says hello and reads nothing. */
  private final class Silent implements AutoCloseable {
    private final Socket socket = new Socket();

    Silent() {
      try {
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress(HOST, port));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void hello() {
      say(Vectors.bytes("50"));
    }

    void say(byte[] bytes) {
      try {
        socket.getOutputStream().write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void strangersAndThoseWhoSayAnythingElseAreLetGo() {
    try (Silent hostile = new Silent()) {
      hostile.say("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      until(() -> listener.figures().connected() == 0);
    }
    try (Silent hostile = new Silent()) {
      hostile.say(Vectors.bytes("51"));
      until(() -> listener.figures().dropped().containsKey("no-backup"));
    }
    listener.close();
    listener = listener("10.99.0.0/16", 1 << 18, PATIENCE);
    lead();
    try (OldBackup stranger = new OldBackup(HOST, port)) {
      until(() -> stranger.ended());
      assertThat(listener.figures().dropped()).containsEntry("stranger", 1L);
    }
  }

  @Test
  void whoDoesNotLeadHasNoOpenPortForABackupWouldForgetWhatItHas() {
    try (OldBackup backup = new OldBackup(HOST, port)) {
      put(session(0, "k", 1));
      until(() -> backup.sessions().size() == 1);
      leads.set(false);
      listener.look();
      until(() -> backup.ended() && !listener.figures().listening());
    }
    assertThatThrownBy(() -> new OldBackup(HOST, port)).isInstanceOf(UncheckedIOException.class);
    lead();
    try (OldBackup backup = new OldBackup(HOST, port)) {
      until(() -> backup.sessions().size() == 1);
    }
  }
}
