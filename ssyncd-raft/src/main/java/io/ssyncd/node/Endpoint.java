package io.ssyncd.node;

import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * The local end of a feed: source and sink of one Pound, or of this host's kernel tables, which
 * share what they know of it.
 */
public interface Endpoint extends AutoCloseable {
  /** Reports what happens there. */
  SessionSource source();

  /** Writes there. */
  SessionSink sink();

  /**
   * A digest of the configuration that tells which of the feed's sessions may be written, so that
   * members can be compared; its first 64 characters count. Empty if there is none. Never blocks.
   */
  default Optional<String> configurationDigest() {
    return Optional.empty();
  }

  /**
   * Takes what operators cleared from the cluster out of the process behind it as well, where that
   * can be done: the kernel's tables can be emptied, a Pound cannot. Called by the thread that
   * writes the sink.
   *
   * @param scopes the farms or tables; all if empty
   * @return how many records each of them lost
   * @throws IOException if one could not be emptied; says which and why
   */
  default SortedMap<Scope, Integer> clear(Set<Scope> scopes)
      throws IOException, InterruptedException {
    return Collections.emptySortedMap();
  }

  /**
   * Takes what was purged from the cluster out of the process behind it as well, where that can be
   * done: rows of a kernel's table can be taken out, a Pound's sessions cannot. Called by the
   * thread that writes the sink.
   *
   * @return how many records that were there went
   * @throws IOException if one could not be taken out; says which and why
   */
  default int forget(Collection<SessionKey> keys) throws IOException, InterruptedException {
    return 0;
  }

  /** Whether the key of a record of this feed is somebody's secret. Never blocks. */
  default boolean isSecret(SessionKey key) {
    return false;
  }

  /** Its bounded queues, for {@code status} and metrics. Never blocks. */
  default List<NodeStatus.QueueStatus> queues() {
    return List.of();
  }

  /** What else is counted and measured there, for {@code status} and metrics. Never blocks. */
  default List<Figure> figures() {
    return List.of();
  }

  /** Lets go of the process behind it in the way that process stands. */
  @Override
  void close();
}
