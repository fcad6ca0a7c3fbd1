package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import org.junit.jupiter.api.Test;

class BatchBuilderTest {
  private static final Bytes IPV6 = Bytes.of(new byte[16]);

  @Test
  void theLongestRecordFitsIntoTheSmallestBatch() throws Exception {
    BatchBuilder builder = new BatchBuilder(EntryCodec.MIN_BATCH_BYTES, 10);
    RecentKey key = new RecentKey("t".repeat(Scope.MAX_TABLE_BYTES), IPV6);
    Mutation longest = new Mutation.Put(new RecentEntry(key, 1, new long[RecentEntry.MAX_STAMPS]));
    assertThat(builder.add(longest)).isTrue();
    byte[] bytes = builder.encode("x".repeat(EntryCodec.MAX_MEMBER_BYTES), 1, 1);
    assertThat(bytes).hasSize(EntryCodec.MIN_BATCH_BYTES);
    assertThat(((Entry.Batch) EntryCodec.decode(bytes)).mutations()).containsExactly(longest);
  }

  @Test
  void whenABoundIsReached_thenTheMutationIsNotTaken() {
    BatchBuilder builder = new BatchBuilder(EntryCodec.MAX_ENTRY_BYTES, 2);
    Mutation clear = new Mutation.ClearScope(Scope.farm("f1"));
    assertThat(builder.add(clear)).isTrue();
    assertThat(builder.add(clear)).isTrue();
    int size = builder.size();
    assertThat(builder.add(clear)).isFalse();
    assertThat(builder.mutations()).isEqualTo(2);
    assertThat(builder.size()).isEqualTo(size);
  }

  @Test
  void aScopeIsWrittenOnce() {
    BatchBuilder builder = new BatchBuilder();
    Mutation clear = new Mutation.ClearScope(Scope.table("t".repeat(Scope.MAX_TABLE_BYTES)));
    builder.add(clear);
    int first = builder.size();
    builder.add(clear);
    assertThat(builder.size() - first).isEqualTo(3);
  }

  @Test
  void moreScopesThanABatchHoldsAreNotTaken() throws Exception {
    BatchBuilder builder = new BatchBuilder();
    int taken = 0;
    while (builder.add(new Mutation.ClearScope(Scope.table("T" + taken)))) {
      taken++;
    }
    assertThat(taken).isEqualTo(EntryCodec.MAX_SCOPES);
    assertThat(EntryCodec.decode(builder.encode("lb1", 1, 1))).isInstanceOf(Entry.Batch.class);
  }

  @Test
  void aFarmWithoutALawfulNameIsRefusedAndNothingIsTaken() {
    BatchBuilder builder = new BatchBuilder();
    HttpKey key = new HttpKey("f".repeat(27), 0, 0, Bytes.utf8("k"));
    assertThatThrownBy(() -> builder.add(new Mutation.Delete(key)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("27");
    assertThat(builder.isEmpty()).isTrue();
    assertThat(builder.size()).isEqualTo(new BatchBuilder().size());
  }

  @Test
  void whenCleared_thenItIsAsNew() throws Exception {
    BatchBuilder builder = new BatchBuilder();
    builder.add(new Mutation.ClearScope(Scope.farm("f1")));
    builder.clear();
    assertThat(builder.isEmpty()).isTrue();
    assertThat(builder.encode("lb1", 1, 1)).isEqualTo(new BatchBuilder().encode("lb1", 1, 1));
  }
}
