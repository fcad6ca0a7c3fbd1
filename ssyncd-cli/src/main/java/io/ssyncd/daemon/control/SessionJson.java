package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.SessionRecord;

/**
 * A record as an item of {@code show}. Session keys and addresses of backends are bytes: each is
 * one character of ISO-8859-1 here. {@code name} is what reports call the session by.
 */
final class SessionJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private SessionJson() {}

  static ObjectNode of(SessionRecord session) {
    ObjectNode node = JSON.objectNode();
    node.put("kind", session.key().scope().kind().word());
    node.put("scope", session.key().scope().name());
    if (session instanceof HttpSession http) {
      node.put("listener", http.key().listener());
      node.put("service", http.key().service());
      node.put("key", http.key().key().latin1());
      node.put("name", KeyName.of(http.key().key()));
      node.put("backend", http.backend());
      node.put("address", http.address().latin1());
      node.put("lastAccessMs", http.lastAccessMs());
    } else if (session instanceof RecentEntry entry) {
      node.put("address", entry.key().addressText());
      node.put("ttl", entry.ttl());
      node.put("lastSeenMs", entry.lastSeenMs());
      ArrayNode stamps = node.putArray("stampsMs");
      for (int i = 0; i < entry.stamps(); i++) {
        stamps.add(entry.stampMs(i));
      }
    }
    return node;
  }
}
