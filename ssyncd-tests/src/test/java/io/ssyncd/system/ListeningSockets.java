package io.ssyncd.system;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a process listens on, from /proc (proc(5), net/tcp). */
final class ListeningSockets {
  private static final String TCP_LISTEN = "0A";

  private ListeningSockets() {}

  /** Such as {@code tcp 127.0.0.1:7777}: TCP sockets that listen, and every UDP socket. */
  static List<String> of(long pid) throws IOException {
    Set<String> inodes = inodes(pid);
    List<String> found = new ArrayList<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/net/" + protocol));
      for (String line : lines.subList(1, lines.size())) {
        String[] fields = line.strip().split("\\s+");
        boolean listens = protocol.startsWith("udp") || fields[3].equals(TCP_LISTEN);
        if (listens && inodes.contains(fields[9])) {
          found.add(protocol.substring(0, 3) + " " + address(fields[1]));
        }
      }
    }
    return found;
  }

  private static Set<String> inodes(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path fd : fds) {
        String target = Files.exists(fd) || Files.isSymbolicLink(fd) ? link(fd) : "";
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring(8, target.length() - 1));
        }
      }
    }
    return inodes;
  }

  private static String link(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** Words of 32 bits in the host's order, which is little-endian on all we run on. */
  private static String address(String hex) throws IOException {
    String[] parts = hex.split(":");
    byte[] bytes = new byte[parts[0].length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int from = (i / 4 * 4 + 3 - i % 4) * 2;
      bytes[i] = (byte) Integer.parseInt(parts[0].substring(from, from + 2), 16);
    }
    String host = InetAddress.getByAddress(bytes).getHostAddress();
    return host + ":" + Integer.parseInt(parts[1], 16);
  }
}
