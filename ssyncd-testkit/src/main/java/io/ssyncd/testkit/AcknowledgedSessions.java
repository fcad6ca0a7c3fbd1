package io.ssyncd.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of the sessions that a cluster has acknowledged: that any of its members has applied
 * while it was watched. Where nothing expires, none of them may ever be missing again.
 *
 * <p>Used by one thread; the streams tell theirs on others.
 */
public final class AcknowledgedSessions implements AutoCloseable {
  private final Map<String, Long> firstSeen = new ConcurrentHashMap<>();
  private final Map<Long, WatchStream> streamsByPid = new HashMap<>();

  /** Watches every daemon that runs and is not watched yet; they must be up already. */
  public AcknowledgedSessions watch(Cluster cluster) {
    try {
      for (Member member : cluster.running()) {
        if (!streamsByPid.containsKey(member.daemon().pid())) {
          streamsByPid.put(
              member.daemon().pid(), WatchStream.open(member.control(), firstSeen::putIfAbsent));
        }
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many there are. */
  public int count() {
    return firstSeen.size();
  }

  /** How many begin so. */
  public long count(String prefix) {
    return firstSeen.keySet().stream().filter(key -> key.startsWith(prefix)).count();
  }

  /** When the first that begins so was seen, by {@link System#nanoTime}. */
  public OptionalLong firstOf(String prefix) {
    return firstSeen.entrySet().stream()
        .filter(seen -> seen.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .min();
  }

  /** Those that a member's table lacks, in order. */
  public Set<String> missingIn(Member member, String farm) {
    Set<String> missing = new TreeSet<>(firstSeen.keySet());
    try {
      ControlCall.Reply table =
          member.ask(
              ControlCall.request("show")
                  .put("kind", "http")
                  .put("scope", farm)
                  .put("reveal", true));
      for (JsonNode session : table.items()) {
        missing.remove(session.path("key").asText());
      }
      return missing;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      for (WatchStream stream : streamsByPid.values()) {
        stream.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
