package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;

/**
 * Records and their keys as items. Session keys and addresses of backends are bytes: each is one
 * character of ISO-8859-1 here. {@code name} is what reports call the session by. Who may see the
 * key is for {@link Masked} to say.
 */
final class SessionJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private SessionJson() {}

  static ObjectNode of(SessionRecord session) {
    return key(session.key()).setAll(values(session));
  }

  /** What a record says beside whose it is. */
  static ObjectNode values(SessionRecord session) {
    ObjectNode node = JSON.objectNode();
    if (session instanceof HttpSession http) {
      node.put("backend", http.backend());
      node.put("address", http.address().latin1());
      node.put("lastAccessMs", http.lastAccessMs());
    } else if (session instanceof RecentEntry entry) {
      node.put("ttl", entry.ttl());
      node.put("lastSeenMs", entry.lastSeenMs());
      ArrayNode stamps = node.putArray("stampsMs");
      for (int i = 0; i < entry.stamps(); i++) {
        stamps.add(entry.stampMs(i));
      }
    }
    return node;
  }

  /** Where a record is, and whose it is. */
  static ObjectNode key(SessionKey key) {
    ObjectNode node = JSON.objectNode();
    node.put("kind", key.scope().kind().word());
    node.put("scope", key.scope().name());
    if (key instanceof HttpKey http) {
      node.put("listener", http.listener());
      node.put("service", http.service());
      node.put("key", http.key().latin1());
      node.put("name", KeyName.of(http.key()));
    } else if (key instanceof RecentKey recent) {
      node.put("address", recent.addressText());
    }
    return node;
  }
}
