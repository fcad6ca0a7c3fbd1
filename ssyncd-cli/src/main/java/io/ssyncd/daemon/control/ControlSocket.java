package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
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

  /** A client that neither sends nor reads for so long is cut off. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** {@code S_IFMT} and {@code S_IFSOCK} of inode(7). */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  /** After a failure to accept, such as too many open files: the next one fails as well. */
  private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Requests requests;
  private final Duration patience;
  private final ServerSocketChannel server;
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
    this(path, mode, group, requests, PATIENCE);
  }

  ControlSocket(
      Path path,
      Set<PosixFilePermission> mode,
      Optional<String> group,
      Requests requests,
      Duration patience)
      throws IOException {
    this.path = path.toAbsolutePath();
    this.requests = requests;
    this.patience = patience;
    makeDirectory(this.path, group);
    requirePrivate(this.path);
    removeStale(this.path);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(this.path), MAX_CONNECTIONS);
      own(this.path, group);
      Files.setPosixFilePermissions(this.path, mode);
    } catch (UserPrincipalNotFoundException e) {
      abandon();
      throw new IOException("control.group names no group of this host: " + e.getName(), e);
    } catch (IOException e) {
      abandon();
      throw new IOException("control socket " + this.path + " cannot be made: " + e, e);
    }
  }

  /** Begins to answer. */
  public void start() {
    daemonThread(this::accept, "control-accept").start();
    long period = Math.max(10, patience.toMillis() / 4);
    ScheduledFuture<?> unused =
        reaper.scheduleWithFixedDelay(this::reap, period, period, TimeUnit.MILLISECONDS);
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
        return;
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

  private void reap() {
    for (ControlConnection connection : open) {
      if (connection.waitedLongerThan(patience)) {
        log.warn("a control client neither sent nor read for {} s: cut off", patience.toSeconds());
        connection.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("control socket {} could not be removed: {}", path, e.toString());
    }
    reaper.shutdownNow();
    open.forEach(ControlConnection::close);
  }

  private void abandon() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }

  /** Where strangers may write they can put a socket of theirs in place of ours. */
  private static void requirePrivate(Path socket) throws IOException {
    Path directory = socket.getParent();
    if (directory != null
        && Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "control socket " + socket + ": everybody may write to " + directory + "; use another");
    }
  }

  private static void makeDirectory(Path socket, Optional<String> group) throws IOException {
    Path directory = socket.getParent();
    if (directory == null || Files.isDirectory(directory)) {
      return;
    }
    try {
      if (directory.getParent() != null) {
        Files.createDirectories(directory.getParent());
      }
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
      own(directory, group);
    } catch (IOException e) {
      throw new IOException("directory of the control socket cannot be made: " + e, e);
    }
  }

  private static void own(Path file, Optional<String> group) throws IOException {
    if (group.isEmpty()) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    view.setGroup(
        file.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByGroupName(group.get()));
  }

  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("control socket " + path + " is a directory");
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new IOException("control socket " + path + " is not a socket; it is left alone");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new AlreadyServedException(path);
    } catch (AlreadyServedException e) {
      throw e;
    } catch (IOException refused) {
      log.info("control socket {}: what a dead daemon left is replaced", path);
      Files.delete(path);
    }
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static final class AlreadyServedException extends IOException {
    private static final long serialVersionUID = 1L;

    AlreadyServedException(Path path) {
      super("control socket " + path + " is served by a living daemon");
    }
  }
}
