package io.ssyncd.log.atomix.net;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is a member now, and where; replaced as a whole when the members change. Thread-safe. */
final class Directory {
  private volatile Map<String, Identity.Endpoint> members;

  Directory(Map<String, Identity.Endpoint> members) {
    this.members = Map.copyOf(members);
  }

  Map<String, Identity.Endpoint> members() {
    return members;
  }

  void replace(Map<String, Identity.Endpoint> now) {
    members = Map.copyOf(now);
  }

  boolean knows(String member) {
    return members.containsKey(member);
  }

  Identity.@Nullable Endpoint where(String member) {
    return members.get(member);
  }
}
