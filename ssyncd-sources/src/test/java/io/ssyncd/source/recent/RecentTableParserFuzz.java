package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;

/** Any text is rows and errors, the same in pieces as at once, and a row read is a row printed. */
class RecentTableParserFuzz {
  @FuzzTest(maxDuration = "5s")
  void anyText(byte @NotNull [] text) {
    Rows whole = Rows.of(text, Integer.MAX_VALUE);
    Rows pieces = Rows.of(text, 1 + text.length / 3);
    assertThat(pieces.rows).isEqualTo(whole.rows);
    assertThat(pieces.malformed).isEqualTo(whole.malformed);

    for (RecentRow row : whole.rows) {
      long[] stamps = new long[row.stamps()];
      for (int i = 0; i < stamps.length; i++) {
        stamps[i] = row.stamp(i);
      }
      if (stamps.length <= 65_536) {
        assertThat(Rows.of(Rows.print(row.address(), row.ttl(), stamps)).rows).hasSize(1);
      }
    }
  }
}
