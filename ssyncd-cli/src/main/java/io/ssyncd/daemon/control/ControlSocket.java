package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the control socket and gives each request to {@link Requests}, a thread a connection,
 * at most {@value #MAX_CONNECTIONS} at once.
 */
public final class ControlSocket implements AutoCloseable {
  /** Connections at once; one more is told to try again, and from twice as many on cut off. */
  public static final int MAX_CONNECTIONS = 32;

  /** A request of more bytes is refused. */
  public static final int MAX_REQUEST_BYTES = 64 * 1024;

  /** A client that reads nothing of its answer for so long is cut off. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A request that is not whole after so long is cut off: it keeps the place of another. */
  static final Duration REQUEST_PATIENCE = Duration.ofSeconds(5);

  /** After a failure to accept, such as too many open files: the next one fails as well. */
  private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Set<PosixFilePermission> mode;
  private final Optional<String> group;
  private final Requests requests;
  private final Duration requestPatience;
  private final Duration patience;
  private volatile ServerSocketChannel server;
  private volatile boolean closed;
  private String lastFailure = "";
  private final Set<ControlConnection> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService reaper =
      Executors.newSingleThreadScheduledExecutor(task -> daemonThread(task, "control-reaper"));

  /**
   * Opens the socket.
   *
   * @param path its directory is made if missing; a socket that a dead daemon left is replaced
   * @param mode who may connect
   * @param group the group that owns socket and directory; empty for the daemon's own
   * @throws IOException if the path is something else than a socket, or a living daemon's; names it
   */
  public ControlSocket(
      Path path, Set<PosixFilePermission> mode, Optional<String> group, Requests requests)
      throws IOException {
    this(path, mode, group, requests, REQUEST_PATIENCE, PATIENCE);
  }

  ControlSocket(
      Path path,
      Set<PosixFilePermission> mode,
      Optional<String> group,
      Requests requests,
      Duration requestPatience,
      Duration patience)
      throws IOException {
    this.path = path.toAbsolutePath();
    this.mode = mode;
    this.group = group;
    this.requests = requests;
    this.requestPatience = requestPatience;
    this.patience = patience;
    this.server = SocketFile.listen(this.path, mode, group);
  }

  /** Begins to answer. */
  public void start() {
    daemonThread(this::accept, "control-accept").start();
    long period = Math.max(10, Math.min(requestPatience.toMillis(), patience.toMillis()) / 4);
    ScheduledFuture<?> unused =
        reaper.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel channel = server.accept();
        if (open.size() >= 2 * MAX_CONNECTIONS) {
          channel.close();
          continue;
        }
        ControlConnection connection = new ControlConnection(channel, JSON);
        open.add(connection);
        boolean room = open.size() <= MAX_CONNECTIONS;
        daemonThread(() -> serve(connection, room), "control").start();
      } catch (ClosedChannelException e) {
        if (closed) {
          return;
        }
      } catch (IOException e) {
        log.warn("control socket {}: a connection could not be taken: {}", path, e.toString());
        LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
      }
    }
  }

  private void serve(ControlConnection connection, boolean room) {
    try (connection) {
      // The request is read even if it is refused: closing over unread bytes would take the answer
      // back from the client.
      Optional<byte[]> line = connection.readRequest(MAX_REQUEST_BYTES);
      if (line.isEmpty()) {
        return;
      }
      if (!room) {
        connection.error(Exit.TRY_AGAIN, "more than " + MAX_CONNECTIONS + " control connections");
        return;
      }
      JsonNode request;
      try {
        request = JSON.readTree(line.get());
      } catch (IOException e) {
        connection.error(Exit.USAGE, "the request is not JSON");
        return;
      }
      if (request instanceof ObjectNode object) {
        requests.answer(object, connection);
      } else {
        connection.error(Exit.USAGE, "the request is not a JSON object");
      }
    } catch (IOException e) {
      log.debug("control connection ended early: {}", e.toString());
    } catch (RuntimeException e) {
      log.error("a control request failed by a bug", e);
    } finally {
      open.remove(connection);
    }
  }

  private void look() {
    reap();
    renew();
  }

  /** Somebody who tidies up /run must not make the daemon unreachable. */
  private synchronized void renew() {
    if (closed || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      ServerSocketChannel old = server;
      server = SocketFile.listen(path, mode, group);
      old.close();
      lastFailure = "";
      log.warn("control socket {} was gone: made anew", path);
    } catch (IOException e) {
      if (!e.toString().equals(lastFailure)) {
        lastFailure = e.toString();
        log.warn("control socket {} is gone: {}", path, lastFailure);
      }
    }
  }

  private void reap() {
    int cut = 0;
    for (ControlConnection connection : open) {
      if (connection.waitedLongerThan(requestPatience, patience)) {
        connection.close();
        cut++;
      }
    }
    if (cut > 0) {
      log.warn(
          "control clients cut off: {} that sent no whole request in {} s or read nothing in {} s",
          cut,
          requestPatience.toSeconds(),
          patience.toSeconds());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("control socket {} could not be removed: {}", path, e.toString());
    }
    reaper.shutdownNow();
    open.forEach(ControlConnection::close);
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
