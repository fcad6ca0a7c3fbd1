package io.ssyncd.source.pound;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import jnr.unixsocket.Credentials;

/**
 * Who listens on a socket.
 *
 * @param process its identity
 * @param uid whose it is
 * @param configuredAtMs when it read its configuration, wall-clock milliseconds
 */
public record Peer(PeerProcess process, int uid, long configuredAtMs) {
  /** Numbers processes that cannot be told apart: each connection counts as another one. */
  private static final AtomicLong STRANGERS = new AtomicLong();

  /**
   * Asks the kernel who listened on the other side.
   *
   * @param path the socket, whose age stands for that of a process in another pid namespace
   * @throws LinkException if it may not be trusted, or is gone already
   */
  static Peer of(PoundSocket socket, Path path, PeerOwner owner) throws IOException {
    Credentials credentials = socket.peer();
    int uid = credentials.getUid();
    if (!owner.allows(uid)) {
      throw new LinkException(
          "pound-peer-refused",
          path + " belongs to a process of uid " + uid + ", not to " + owner.text());
    }
    int pid = credentials.getPid();
    if (pid == 0) {
      long made = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis();
      return new Peer(new PeerProcess(0, STRANGERS.incrementAndGet()), uid, made);
    }
    PeerProcess process =
        PeerProcess.running(pid)
            .orElseThrow(
                () ->
                    new LinkException(
                        "pound-unreachable", path + ": its process " + pid + " is gone"));
    long configured =
        process
            .configuredAtMs()
            .orElseThrow(
                () ->
                    new LinkException(
                        "pound-unreachable", path + ": its process " + pid + " is gone"));
    return new Peer(process, uid, configured);
  }
}
