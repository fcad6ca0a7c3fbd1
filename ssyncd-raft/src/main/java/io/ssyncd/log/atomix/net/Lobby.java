package io.ssyncd.log.atomix.net;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that others made to us, bounded: of those that have not said who they are the
 * oldest makes place for the newest, so that strangers who say nothing keep no member out; and a
 * member needs one, two while it reconnects. Thread-safe.
 */
final class Lobby {
  /** How many may be open that have not greeted yet. */
  static final int MOST_UNKNOWN = 64;

  /** How many may be open of one member. */
  static final int MOST_OF_ONE = 4;

  private final Set<Channel> unknown = new LinkedHashSet<>();
  private final Map<String, Deque<Channel>> known = new HashMap<>();

  /** Takes a new one; the one that has to go for it is returned. */
  synchronized @Nullable Channel enter(Channel channel) {
    unknown.add(channel);
    Channel oldest = null;
    if (unknown.size() > MOST_UNKNOWN) {
      Iterator<Channel> all = unknown.iterator();
      oldest = all.next();
      all.remove();
    }
    return oldest;
  }

  /** It is a member's; the one that has to go for it is returned. */
  synchronized @Nullable Channel greeted(Channel channel, String member) {
    if (!unknown.remove(channel)) {
      return channel;
    }
    Deque<Channel> all = known.computeIfAbsent(member, unused -> new ArrayDeque<>());
    all.addLast(channel);
    return all.size() > MOST_OF_ONE ? all.removeFirst() : null;
  }

  /** It is closed. */
  synchronized void left(Channel channel) {
    unknown.remove(channel);
    known.values().forEach(all -> all.remove(channel));
  }

  /** All that are open. */
  synchronized List<Channel> all() {
    List<Channel> all = new ArrayList<>(unknown);
    known.values().forEach(all::addAll);
    return all;
  }
}
