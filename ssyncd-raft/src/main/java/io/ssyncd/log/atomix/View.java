package io.ssyncd.log.atomix;

import io.ssyncd.log.Role;
import org.jspecify.annotations.Nullable;

/**
 * What a server thinks of its cluster at one moment.
 *
 * @param role its role
 * @param leader who leads; null if it knows of nobody
 * @param term the term of both
 */
record View(Role role, @Nullable String leader, long term) {
  static final View NONE = new View(Role.INACTIVE, null, 0);
}
