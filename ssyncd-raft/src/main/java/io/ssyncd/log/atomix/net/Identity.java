package io.ssyncd.log.atomix.net;

import java.util.Map;

/**
 * Who a transport is and whom it knows.
 *
 * @param cluster the cluster's name
 * @param self this member's name, one of {@code members}
 * @param members all members by name
 */
public record Identity(String cluster, String self, Map<String, Endpoint> members) {
  /** Longest name of a cluster or a member, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 255;

  public Identity {
    members = Map.copyOf(members);
    if (!members.containsKey(self)) {
      throw new IllegalArgumentException(self + " is none of the members " + members.keySet());
    }
    checkName("cluster", cluster);
    members.keySet().forEach(name -> checkName("member", name));
  }

  /**
   * Where a member listens.
   *
   * @param host a name or an address
   * @param port 1 to 65535
   */
  public record Endpoint(String host, int port) {}

  private static void checkName(String what, String name) {
    int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "the " + what + " name has " + bytes + " bytes; 1 to " + MAX_NAME_BYTES + " are allowed");
    }
  }
}
