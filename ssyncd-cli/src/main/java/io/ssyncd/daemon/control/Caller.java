package io.ssyncd.daemon.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import jdk.net.ExtendedSocketOptions;

/**
 * Who asks, as the kernel says it (SO_PEERCRED, unix(7)): nobody can claim to be another.
 *
 * @param user a name, or a number where it has none
 * @param owner whether it is root or the user whose process this is: who could read the daemon's
 *     memory as well
 */
public record Caller(String user, boolean owner) {
  /** Somebody of whom nothing is known, and who may nothing. */
  static final Caller NOBODY = new Caller("nobody", false);

  private static final String ROOT = "0";

  /** Who connected a channel of a Unix socket. */
  static Caller of(SocketChannel channel) throws IOException {
    String name = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    UserPrincipal user = users.lookupPrincipalByName(name);
    boolean owner =
        user.equals(Files.getOwner(Path.of("/proc/self")))
            || user.equals(users.lookupPrincipalByName(ROOT));
    return new Caller(name, owner);
  }
}
