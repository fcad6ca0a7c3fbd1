package io.ssyncd.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The word that somebody who typed another one probably meant. */
public final class Nearest {
  /** Further apart than this is another word, not a slip. */
  private static final int MAX_DISTANCE = 3;

  private Nearest() {}

  /** The nearest of the words; empty if none is near. */
  public static Optional<String> to(String typed, Collection<String> words) {
    return words.stream()
        .filter(word -> distance(typed, word) <= Math.min(MAX_DISTANCE, word.length() / 2))
        .min(Comparator.comparingInt(word -> distance(typed, word)));
  }

  /** The number of letters to insert, drop or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
