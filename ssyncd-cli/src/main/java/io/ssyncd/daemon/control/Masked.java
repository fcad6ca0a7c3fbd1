package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.SyncNode;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.function.Predicate;

/**
 * {@link SessionJson} without what is secret: the {@code key} of a session whose service knows its
 * clients by their passwords, or of which this host does not know how it does, is null. Its {@code
 * name} still tells it from others. Whatever leaves the daemon by the control socket goes through
 * here.
 */
final class Masked {
  private final Predicate<SessionKey> secret;

  /**
   * @param secret whether a key must not be seen
   */
  Masked(Predicate<SessionKey> secret) {
    this.secret = secret;
  }

  /** Masks what the node counts as a secret. */
  static Masked on(SyncNode node) {
    return new Masked(node::isSecret);
  }

  /** The same, but for who asks with {@code reveal}: nothing is masked then. */
  static Masked on(SyncNode node, ObjectNode request) {
    return request.path("reveal").asBoolean() ? new Masked(key -> false) : on(node);
  }

  /** A record. */
  ObjectNode of(SessionRecord record) {
    return masked(record.key(), SessionJson.of(record));
  }

  /** A key alone. */
  ObjectNode key(SessionKey key) {
    return masked(key, SessionJson.key(key));
  }

  private ObjectNode masked(SessionKey key, ObjectNode json) {
    if (json.has("key") && secret.test(key)) {
      json.putNull("key");
    }
    return json;
  }
}
