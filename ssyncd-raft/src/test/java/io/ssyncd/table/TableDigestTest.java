package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Entry;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TableDigestTest {
  private static final Bytes ADDRESS = Bytes.utf8("10.0.0.1");

  private final TableDigest digest = new TableDigest();

  private long of(SessionRecord record) {
    return digest.of(TableDigest.seed(record.key().scope()), record);
  }

  private static HttpSession http(
      String farm, long listener, long service, String key, long backend, long time) {
    return new HttpSession(
        new HttpKey(farm, listener, service, Bytes.utf8(key)), backend, ADDRESS, time);
  }

  private static RecentEntry recent(String table, int ttl, long... stamps) {
    return new RecentEntry(
        new RecentKey(table, Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4)), ttl, stamps);
  }

  @Test
  void whatIsInAnotherFieldIsAnotherRecord() {
    List<SessionRecord> alike = new ArrayList<>();
    alike.add(http("f1", 1, 2, "k", 3, 4));
    alike.add(http("f1", 2, 1, "k", 3, 4));
    alike.add(http("f1", 3, 2, "k", 1, 4));
    alike.add(http("f1", 1, 3, "k", 2, 4));
    alike.add(http("f1", 1, 2, "k", 4, 3));
    alike.add(http("f2", 1, 2, "k", 3, 4));
    alike.add(http("f1", 1, 2, "k1", 3, 4));
    alike.add(new HttpSession(new HttpKey("f1", 1, 2, ADDRESS), 3, Bytes.utf8("k"), 4));
    alike.add(new HttpSession(new HttpKey("f1", 1, 2, Bytes.utf8("k")), 3, Bytes.EMPTY, 4));
    alike.add(recent("f1", 64, 1, 2));
    alike.add(recent("f1", 64, 2, 1));
    alike.add(recent("f1", 64, 1, 2, 0));
    alike.add(recent("f1", 65, 1, 2));
    alike.add(recent("f2", 64, 1, 2));
    assertThat(alike.stream().map(this::of)).doesNotHaveDuplicates();
  }

  @Test
  void recordsThatChangePlacesChangeTheSum() {
    long as = of(http("f1", 0, 0, "a", 1, 5)) + of(http("f1", 0, 0, "b", 2, 5));
    long swapped = of(http("f1", 0, 0, "a", 2, 5)) + of(http("f1", 0, 0, "b", 1, 5));
    assertThat(as).isNotEqualTo(swapped);
    long farms = of(http("f1", 0, 0, "a", 1, 5)) + of(http("f2", 0, 0, "b", 1, 5));
    long exchanged = of(http("f2", 0, 0, "a", 1, 5)) + of(http("f1", 0, 0, "b", 1, 5));
    assertThat(farms).isNotEqualTo(exchanged);
  }

  @Test
  void zerosCount() {
    Set<Long> hashes = new HashSet<>();
    for (int length = 0; length < 64; length++) {
      hashes.add(TableDigest.hash(0, new byte[64], length));
    }
    assertThat(hashes).hasSize(64);
  }

  @Test
  void aBitOfTheInputFlipsHalfOfTheHash() {
    Drawn drawn = Drawn.spread();
    int[] flips = new int[64];
    int trials = 0;
    for (int round = 0; round < 200; round++) {
      byte[] bytes = drawn.bytes(1 + drawn.below(70)).toArray();
      long hash = TableDigest.hash(7, bytes, bytes.length);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        long changed = hash ^ TableDigest.hash(7, bytes, bytes.length);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        for (int out = 0; out < 64; out++) {
          flips[out] += (int) (changed >>> out & 1);
        }
        trials++;
      }
    }
    for (int out = 0; out < 64; out++) {
      assertThat((double) flips[out] / trials)
          .as("bit %s, %s", out, drawn)
          .isCloseTo(0.5, Offset.offset(0.02));
    }
  }

  @Test
  void recordsThatHardlyDifferSpreadEvenly() {
    int records = 1 << 16;
    int[] low = new int[256];
    int[] high = new int[256];
    Set<Long> hashes = new HashSet<>();
    for (int i = 0; i < records; i++) {
      long hash = of(http("f1", 0, 0, "session" + i, 1, 1000));
      hashes.add(hash);
      low[(int) hash & 0xFF]++;
      high[(int) (hash >>> 56)]++;
    }
    assertThat(hashes).hasSize(records);
    for (int i = 0; i < 256; i++) {
      // 256 expected; 6 deviations of sqrt(256).
      assertThat(low[i]).isBetween(160, 352);
      assertThat(high[i]).isBetween(160, 352);
    }
  }

  @Test
  void theOrderInWhichRecordsCameDoesNotMatter() {
    Drawn drawn = Drawn.spread();
    List<Mutation> puts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      puts.add(new Mutation.Put(drawn.record(drawn.scope())));
    }
    Rig one = Rig.opened();
    puts.forEach(put -> one.apply(put));
    Collections.shuffle(puts, new Random(drawn.any()));
    Rig other = Rig.opened();
    puts.forEach(put -> other.apply(put));
    assertThat(other.table.digest()).as("%s", drawn).isEqualTo(one.table.digest());
  }

  @Test
  void aRecordThatGoesTakesItsHashWithIt() {
    Rig rig = Rig.opened();
    Scope farm = Scope.farm("f1");
    rig.apply(new Mutation.Put(http("f1", 0, 0, "a", 1, 5)));
    String before = rig.table.digest(farm);
    rig.apply(new Mutation.Put(http("f1", 0, 0, "b", 1, 5)));
    assertThat(rig.table.digest(farm)).isNotEqualTo(before);
    rig.apply(new Mutation.Put(http("f1", 0, 0, "b", 2, 6)));
    rig.apply(new Mutation.Delete(http("f1", 0, 0, "b", 0, 0).key()));
    assertThat(rig.table.digest(farm)).isEqualTo(before);
    rig.apply(new Mutation.Delete(http("f1", 0, 0, "b", 0, 0).key()));
    assertThat(rig.table.digest(farm)).isEqualTo(before);
  }

  @Test
  void theTotalCoversAllThatIsReplicated() {
    Set<String> digests = new HashSet<>();
    Rig rig = new Rig();
    digests.add(rig.table.digest());
    rig.apply(new Entry.Open("lb1", new UUID(0, 1)));
    digests.add(rig.table.digest());
    rig.apply(new Entry.Open("lb2", new UUID(0, 2)));
    digests.add(rig.table.digest());
    rig.apply(new Entry.Batch("lb2", 2, 1, List.of()));
    digests.add(rig.table.digest());
    rig.apply(new Entry.Command(new UUID(0, 3), new Entry.Operation.StartFeed(Feed.RECENT)));
    digests.add(rig.table.digest());
    rig.apply(new Entry.Command(new UUID(0, 4), new Entry.Operation.StopFeed(Feed.RECENT)));
    digests.add(rig.table.digest());
    rig.apply(new Entry.Command(new UUID(0, 5), new Entry.Operation.StopFeed(Feed.RECENT)));
    digests.add(rig.table.digest());
    assertThat(digests).hasSize(7);
    String before = rig.table.digest();
    rig.apply(new Entry.Mark(new UUID(0, 6)));
    assertThat(rig.table.digest()).isEqualTo(before);
  }

  /** Members of different releases compare digests: they change only with the entries' version. */
  @Test
  void theDigestIsThisAndNoOther() {
    Rig rig = Rig.opened();
    rig.apply(new Mutation.Put(http("f1", 1, 300, "abc", 2, 1_795_230_816_000L)));
    rig.apply(new Mutation.Put(recent("T1", 64, 1_795_230_816_000L)));
    assertThat(rig.table.digest(Scope.farm("f1"))).isEqualTo("31bfcb063a389029");
    assertThat(rig.table.digest(Scope.table("T1"))).isEqualTo("966aa06d5fb7179c");
    assertThat(rig.table.digest()).isEqualTo("e4f011d48cb0fb6d");
  }
}
