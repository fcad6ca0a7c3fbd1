package io.ssyncd.daemon.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control socket as a file: whose it is, who may reach it, what may be replaced. */
final class SocketFile {
  /** {@code S_IFMT} and {@code S_IFSOCK} of inode(7). */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private static final Logger log = LoggerFactory.getLogger(SocketFile.class);

  private SocketFile() {}

  /**
   * Listens.
   *
   * @param path its directory is made if missing; a socket that a dead daemon left is replaced
   * @param mode who may connect
   * @param group the group that owns socket and directory; empty for the daemon's own
   * @throws IOException if the path is something else than a socket, or a living daemon's; names it
   */
  static ServerSocketChannel listen(
      Path path, Set<PosixFilePermission> mode, Optional<String> group) throws IOException {
    makeDirectory(path, group);
    requirePrivate(path);
    removeStale(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), ControlSocket.MAX_CONNECTIONS);
      own(path, group);
      Files.setPosixFilePermissions(path, mode);
      return server;
    } catch (UserPrincipalNotFoundException e) {
      abandon(server, path);
      throw new IOException("control.group names no group of this host: " + e.getName(), e);
    } catch (IOException e) {
      abandon(server, path);
      throw new IOException("control socket " + path + " cannot be made: " + e, e);
    }
  }

  private static void abandon(ServerSocketChannel server, Path path) throws IOException {
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
    if (SocketProbe.isServed(path)) {
      throw new IOException("control socket " + path + " is served by a living daemon");
    }
    log.info("control socket {}: what a dead daemon left is replaced", path);
    Files.delete(path);
  }
}
