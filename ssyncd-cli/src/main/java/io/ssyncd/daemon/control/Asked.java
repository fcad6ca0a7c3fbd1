package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import org.jspecify.annotations.Nullable;

/** What a request names: {@code kind} and {@code scope}. */
final class Asked {
  private Asked() {}

  static Kind kind(ObjectNode request) {
    return kindOf(request.path("kind").asText());
  }

  /** The farm or table; null if the request means all of its kind. */
  static @Nullable Scope scope(ObjectNode request) {
    return request.hasNonNull("scope")
        ? new Scope(kind(request), request.path("scope").asText())
        : null;
  }

  static Feed feed(ObjectNode request) {
    Kind kind = kind(request);
    return kind == Kind.RECENT ? Feed.RECENT : Feed.farm(request.path("scope").asText());
  }

  static Kind kindOf(String word) {
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("http or recent, not " + Shown.text(word));
  }
}
