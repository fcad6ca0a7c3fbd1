package io.ssyncd.sink.pair;

import io.ssyncd.log.RepeatedFailure;
import io.ssyncd.node.Warning;
import io.ssyncd.table.TableListener;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the backups of an old pair as their master. Only a leader does, and on no other node is
 * the port open: an old backup forgets all that it has as soon as its connection is taken.
 *
 * <p>All state belongs to one thread, but for what is said otherwise; each backup has two of its
 * own.
 */
public final class BackupListener implements AutoCloseable {
  private static final long LOOK_MILLIS = 500;

  /** What may wait for a backup in the kernel; the rest waits here, where it is counted. */
  private static final int SEND_BUFFER_BYTES = 256 * 1024;

  /** Without a pause, a process that has no file left to open would do nothing but try. */
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(BackupListener.class);

  private final BackupListenerConfig config;
  private final TableView table;
  private final Changes changes;
  private final Stamps stamps;
  private final BackupCounters counters = new BackupCounters();
  private final RepeatedFailure complaints = new RepeatedFailure();
  private final Set<BackupLink> links = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> daemonThread(task, "old-backups"));
  private final BooleanSupplier leads;
  private volatile @Nullable ServerSocket server;
  private volatile String problem = "";
  private volatile boolean closed;

  /** Where to hear what changes the table. */
  public interface Changes {
    /** From now on. */
    void onApplied(TableListener listener);

    /** No longer. */
    void noMore(TableListener listener);
  }

  /**
   * One that serves as soon as this node leads.
   *
   * @param leads whether it does, with all that was acknowledged in its table; asked twice a second
   *     and after {@link #look}
   */
  public BackupListener(
      BackupListenerConfig config,
      TableView table,
      Changes changes,
      Stamps stamps,
      BooleanSupplier leads) {
    this.config = config;
    this.table = table;
    this.changes = changes;
    this.stamps = stamps;
    this.leads = leads;
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Whether this node leads may have changed. From any thread; returns at once. */
  public void look() {
    try {
      thread.execute(this::lookAfterAll);
    } catch (RejectedExecutionException e) {
      log.debug("old backups: the end has come before", e);
    }
  }

  /** From any thread. */
  public BackupFigures figures() {
    return new BackupFigures(
        server != null,
        links.size(),
        links.stream().mapToInt(BackupLink::waiting).max().orElse(0),
        config.maxWaiting(),
        counters.frames(),
        counters.notSent(),
        counters.dropped(),
        counters.oneService());
  }

  /** What an operator should know. From any thread. */
  public List<Warning> warnings() {
    List<Warning> all = new ArrayList<>();
    if (!problem.isEmpty()) {
      all.add(new Warning("old-backups-not-served", problem));
    }
    long ids = counters.notSent().getOrDefault("id-over-255", 0L);
    if (ids > 0) {
      all.add(
          new Warning(
              "old-backup-ids",
              ids + " changes were not sent to old backups: an id over 255 would be another's"));
    }
    if (counters.oneService() && !links.isEmpty()) {
      all.add(
          new Warning(
              "old-backup-services",
              "an old backup keeps one service of each listener, that whose first session came"
                  + " last: it cannot take over for the others"));
    }
    return all;
  }

  private void lookAfterAll() {
    try {
      boolean wanted = !closed && leads.getAsBoolean();
      if (wanted && server == null) {
        open();
      } else if (!wanted && server != null) {
        shut(closed ? "the node is being closed" : "this node does not lead any more");
      }
      dropThoseThatHaveTo();
    } catch (RuntimeException e) {
      log.error("old backups are not looked after, by a bug", e);
    }
  }

  private void open() {
    InetSocketAddress at = config.listen();
    ServerSocket opened = null;
    try {
      opened = new ServerSocket();
      opened.setReuseAddress(true);
      InetAddress address = InetAddress.getByName(at.getHostString());
      opened.bind(new InetSocketAddress(address, at.getPort()), BackupListenerConfig.MAX_BACKUPS);
      server = opened;
      problem = "";
      ServerSocket taken = opened;
      daemonThread(() -> accept(taken), "old-backups-accept").start();
      log.info("old backups are served at {}", name());
    } catch (IOException e) {
      closeQuietly(opened);
      String text =
          "old backups cannot be served at " + name() + ", tried again: " + e.getMessage();
      if (!text.equals(problem)) {
        problem = text;
        log.warn("{}", text);
      }
    }
  }

  private String name() {
    return config.listen().getHostString() + ":" + config.listen().getPort();
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket socket = from.accept();
        InetAddress who = socket.getInetAddress();
        if (config.allow().stream().noneMatch(range -> range.contains(who))) {
          refuse(socket, "stranger");
        } else if (links.size() >= BackupListenerConfig.MAX_BACKUPS) {
          refuse(socket, "too-many");
        } else {
          begin(socket, from);
        }
      } catch (IOException e) {
        if (!from.isClosed()) {
          complain("an old backup could not be taken: " + e);
          LockSupport.parkNanos(AFTER_FAILURE.toNanos());
        }
      }
    }
  }

  /** Strangers may be many. */
  private void complain(String what) {
    long count = complaints.toSay(System.nanoTime());
    if (count > 0) {
      log.warn("{}{}", what, count == 1 ? "" : "; one of " + count + " since the last was said");
    }
  }

  /** Serves one that was taken from that port. */
  void begin(Socket socket, ServerSocket from) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setSendBufferSize(SEND_BUFFER_BYTES);
    BackupLink link = new BackupLink(socket, table, stamps, counters, config.maxWaiting());
    links.add(link);
    if (from.isClosed()) {
      // Who closed the port may have looked for links before this one was there.
      link.close();
      return;
    }
    // Before anything is told: no change may fall between the two.
    changes.onApplied(link);
    log.info("old backup {} has come", link.name());
    daemonThread(link::hear, "old-backup-hear").start();
    daemonThread(link::tell, "old-backup-tell").start();
  }

  private void refuse(Socket socket, String why) throws IOException {
    counters.dropped(why);
    complain(socket.getRemoteSocketAddress() + " is no old backup that is served: " + why);
    socket.close();
  }

  private void dropThoseThatHaveTo() {
    for (BackupLink link : links) {
      String why = link.isClosed() ? null : link.toDrop(config.patience().toNanos());
      if (why != null) {
        counters.dropped(why);
        log.warn("old backup {} is cut off, and has to ask anew: {}", link.name(), why);
        link.close();
      }
      if (link.isClosed()) {
        changes.noMore(link);
        links.remove(link);
      }
    }
  }

  private void shut(String why) {
    log.info("old backups are not served any more: {}", why);
    closeQuietly(server);
    server = null;
    for (BackupLink link : links) {
      link.close();
    }
  }

  private static void closeQuietly(@Nullable ServerSocket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      log.debug("closing the port of old backups: {}", e.toString());
    }
  }

  @Override
  public void close() {
    closed = true;
    look();
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("the port of old backups was not closed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
