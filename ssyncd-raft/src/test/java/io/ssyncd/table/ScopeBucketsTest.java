package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScopeBucketsTest {
  private static final Scope F1 = Scope.farm("f1");

  private static HttpSession session(int i, long at) {
    return new HttpSession(
        new HttpKey("f1", 0, 0, Bytes.utf8("k" + i)), 0, Bytes.utf8("10.0.0.1"), at);
  }

  private static List<SessionRecord> sessions(int count) {
    List<SessionRecord> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(session(i, i));
    }
    return all;
  }

  @Test
  void everyRecordIsInOneBucketWhateverTheOrder() {
    List<SessionRecord> all = sessions(5000);
    ScopeBuckets buckets = ScopeBuckets.of(F1, all, 128);
    Collections.shuffle(all, new Random(1));
    ScopeBuckets shuffled = ScopeBuckets.of(F1, all, 128);
    List<SessionRecord> found = new ArrayList<>();
    int largest = 0;
    for (int i = 0; i < 128; i++) {
      assertThat(buckets.records(i)).isEqualTo(shuffled.records(i));
      assertThat(buckets.digest(i)).isEqualTo(shuffled.digest(i));
      found.addAll(buckets.records(i));
      largest = Math.max(largest, buckets.records(i).size());
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(all);
    assertThat(largest).as("of 39 on average").isLessThan(100);
  }

  @Test
  void aRecordThatDiffersChangesItsBucketAlone() {
    List<SessionRecord> all = sessions(1000);
    ScopeBuckets before = ScopeBuckets.of(F1, all, 64);
    all.set(7, session(7, 99));
    ScopeBuckets after = ScopeBuckets.of(F1, all, 64);
    int changed = 0;
    for (int i = 0; i < 64; i++) {
      changed += before.digest(i) == after.digest(i) ? 0 : 1;
    }
    assertThat(changed).isEqualTo(1);
  }

  @Test
  void theSumOfTheBucketsIsTheScopesDigest() {
    ScopeTable table = new ScopeTable(F1, new TableDigest());
    sessions(300).forEach(table::put);
    assertThat(ScopeBuckets.of(F1, table.copy(), 1).digest(0)).isEqualTo(table.sum());
  }

  @Test
  void theirNumberIsAPowerOfTwoWithinBounds() {
    assertThat(ScopeBuckets.countFor(0)).isEqualTo(1);
    assertThat(ScopeBuckets.countFor(1000)).isEqualTo(16);
    assertThat(ScopeBuckets.countFor(50_000_000)).isEqualTo(ScopeBuckets.MAX_BUCKETS);
    for (int wrong : new int[] {0, -4, 3, ScopeBuckets.MAX_BUCKETS * 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ScopeBuckets.of(F1, List.of(), wrong))
          .withMessageContaining("" + wrong);
    }
  }
}
