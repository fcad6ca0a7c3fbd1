package io.ssyncd.daemon.legacy;

import io.ssyncd.daemon.control.SocketProbe;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * A socket in a directory that everybody may write to, as the old tool wants it in {@code /tmp}. It
 * is made in a directory of the daemon's own beside it, with mode 0600, and then linked to its
 * place, which fails where anything is, be it a symbolic link: there is no moment in which it can
 * be reached by others, and nothing that is not ours is followed or replaced.
 *
 * @param channel listens
 * @param path its place
 * @param inode what lies there, to know it again
 */
record OldSocketFile(ServerSocketChannel channel, Path path, Object inode) {
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0002;
  private static final int BACKLOG = 16;

  /**
   * Listens.
   *
   * @throws IOException if its place is taken, or not to be trusted; says by what
   */
  static OldSocketFile listen(Path path) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " is no place for a socket");
    }
    requireTrustworthy(directory);
    Path own =
        Files.createTempDirectory(
            directory,
            ".ssyncd-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path made = own.resolve("s");
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(made), BACKLOG);
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      removeStale(path, attribute(made, "unix:uid"));
      Files.createLink(path, made);
      return new OldSocketFile(channel, path, attribute(made, "unix:ino"));
    } catch (FileAlreadyExistsException e) {
      channel.close();
      throw new IOException(path + " exists, and is not this daemon's: it is left alone", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      Files.deleteIfExists(made);
      Files.deleteIfExists(own);
    }
  }

  /** Where everybody may remove what is ours, somebody could put a socket of theirs there. */
  private static void requireTrustworthy(Path directory) throws IOException {
    int mode = (int) Files.getAttribute(directory, "unix:mode");
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new IOException(
          "everybody may replace files in " + directory + " (it has no sticky bit)");
    }
  }

  /** Removes what a dead daemon of the same user left; leaves everything else. */
  private static void removeStale(Path path, Object user) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) attribute(path, "unix:mode");
    if ((mode & FILE_TYPE) != SOCKET || !user.equals(attribute(path, "unix:uid"))) {
      throw new IOException(path + " is not this daemon's socket: it is left alone");
    }
    if (SocketProbe.isServed(path)) {
      throw new IOException(path + " is served by a living daemon, the old one perhaps");
    }
    Files.delete(path);
  }

  private static Object attribute(Path file, String name) throws IOException {
    Map<String, Object> all = Files.readAttributes(file, name, LinkOption.NOFOLLOW_LINKS);
    return all.values().iterator().next();
  }

  /** Whether it is still in its place. */
  boolean isThere() {
    try {
      return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && inode.equals(attribute(path, "unix:ino"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes it, and removes it if it is still in its place. */
  void close() throws IOException {
    channel.close();
    if (isThere()) {
      Files.deleteIfExists(path);
    }
  }
}
