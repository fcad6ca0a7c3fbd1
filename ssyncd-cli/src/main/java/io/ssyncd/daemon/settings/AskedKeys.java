package io.ssyncd.daemon.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which keys a {@link Section} and those below it were asked for, and how: for the reference. */
class AskedKeys {
  /** For those who read a file and want nothing but what it says. */
  static final AskedKeys NOT_NOTED =
      new AskedKeys() {
        @Override
        void noted(String path, Asked asked) {}
      };

  /** How a key was asked for; null parts where that is not known. */
  record Asked(String type, String fallback, boolean required) {}

  private static final Asked ANYTHING = new Asked("", "", false);

  private final Map<String, Asked> keys = new LinkedHashMap<>();
  private final List<String> sections = new ArrayList<>();

  /** It was looked for. */
  final void looked(String path) {
    if (!keys.containsKey(path)) {
      noted(path, ANYTHING);
    }
  }

  /** It was read. */
  final void read(String path, String type, String fallback) {
    noted(path, new Asked(type, fallback, false));
  }

  /** It has to be there. */
  final void required(String path) {
    Asked before = keys.get(path);
    noted(path, new Asked(before == null ? "" : before.type(), "", true));
  }

  /** It has keys of its own. */
  final void section(String path) {
    sections.add(path);
  }

  void noted(String path, Asked asked) {
    keys.put(path, asked);
  }

  /** All that are no sections. */
  Map<String, Asked> keys() {
    Map<String, Asked> found = new LinkedHashMap<>(keys);
    sections.forEach(found::remove);
    return found;
  }
}
