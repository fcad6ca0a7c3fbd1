package io.ssyncd.log.atomix.net;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which members said last that we are none of them, and how they said it. Thread-safe. */
final class Refusals {
  private final Map<String, Welcome> byMember = new TreeMap<>();

  synchronized void refused(String member, Welcome answer) {
    byMember.put(member, answer);
  }

  /** It welcomed us, or is no member any more. */
  synchronized void forget(String member) {
    byMember.remove(member);
  }

  /** One of them with its words; null if there is none. */
  synchronized @Nullable String any() {
    return byMember.entrySet().stream()
        .findFirst()
        .map(one -> one.getKey() + " says: " + one.getValue().text())
        .orElse(null);
  }

  /** Whether one of them said that our cluster is no more. */
  synchronized boolean gone() {
    return byMember.values().stream().anyMatch(Welcome::toGone);
  }
}
