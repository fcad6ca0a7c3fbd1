package io.ssyncd.daemon.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** When a sink is written without an operator's word. */
enum MaterialiseWord {
  /** When this node is elected. */
  ON_PROMOTION,
  /** While another node leads as well. */
  CONTINUOUS;

  /** The key {@code materialise} of a section. */
  static MaterialiseWord read(Section section) {
    String text = section.string("materialise", ON_PROMOTION.word());
    for (MaterialiseWord word : values()) {
      if (word.word().equals(text)) {
        return word;
      }
    }
    List<String> words = Arrays.stream(values()).map(MaterialiseWord::word).toList();
    section.wrong("materialise", "is one of " + words + ", not \"" + text + "\"");
    return ON_PROMOTION;
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
