package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.SyncNode;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link SessionJson} without what is secret: the {@code key} of a session whose service knows its
 * clients by their passwords, or of which this host does not know how it does, is null. Its {@code
 * name} still tells it from others. Whatever leaves the daemon by the control socket goes through
 * here.
 */
final class Masked {
  private static final Logger log = LoggerFactory.getLogger(Masked.class);

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

  /**
   * The same, but for who asks with {@code "reveal":true}: nothing is masked then. For root and the
   * daemon's own user alone, and noted in the log.
   *
   * @throws NotPermittedException if who asks is somebody else
   */
  static Masked on(SyncNode node, ObjectNode request, Reply reply)
      throws IOException, NotPermittedException {
    return on(node::isSecret, request, reply);
  }

  static Masked on(Predicate<SessionKey> secret, ObjectNode request, Reply reply)
      throws IOException, NotPermittedException {
    if (!request.path("reveal").asBoolean()) {
      return new Masked(secret);
    }
    Caller caller = reply.caller();
    String verb = Shown.text(request.path("verb").asText());
    if (!caller.owner()) {
      log.warn("keys were not revealed to user {} by {}", Shown.text(caller.user()), verb);
      throw new NotPermittedException(
          "keys are revealed to root and to the daemon's own user, not to " + caller.user());
    }
    log.info("keys are revealed to user {} by {}", Shown.text(caller.user()), verb);
    return new Masked(key -> false);
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
