package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Allocated;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryCodecTest {
  private static final UUID REQUEST = new UUID(0x0123_4567_89AB_CDEFL, -1);

  static List<Entry> samples() {
    Drawn drawn = Drawn.spread();
    return List.of(
        new Entry.Open("lb1", REQUEST),
        new Entry.Open("ü".repeat(127), REQUEST),
        new Entry.Mark(REQUEST),
        command(new Entry.Operation.StartFeed(Feed.farm("f1"))),
        command(new Entry.Operation.StartFeed(Feed.RECENT)),
        command(new Entry.Operation.StopFeed(Feed.farm("f1"))),
        command(new Entry.Operation.Clear(Kind.HTTP, null)),
        command(new Entry.Operation.Clear(Kind.RECENT, Scope.table("T1"))),
        restore(new Entry.RestoreStep.Begin(1_795_230_816_000L)),
        restore(
            new Entry.RestoreStep.Part(
                1, List.of(new Mutation.Put(http(3, "abc")), new Mutation.Put(recent(2))))),
        restore(new Entry.RestoreStep.End(1, 2, -3)),
        restore(new Entry.RestoreStep.Abandon()),
        new Entry.Purge(
            List.of(
                new Mutation.Delete(http(3, "abc").key()), new Mutation.Delete(recent(1).key())),
            0,
            false),
        new Entry.Purge(List.of(), 500, true),
        new Entry.Batch("lb1", 88, 1, List.of()),
        batch(
            new Mutation.Put(http(3, "abc")),
            new Mutation.Put(recent(1)),
            new Mutation.Delete(http(3, "abc").key()),
            new Mutation.Delete(recent(1).key()),
            new Mutation.ClearScope(Scope.table("T2"))),
        batch(new Mutation.Put(drawn.record(Scope.farm("f2")))),
        batch(new Mutation.Put(recent(12))));
  }

  private static Entry command(Entry.Operation operation) {
    return new Entry.Command(REQUEST, operation);
  }

  private static Entry restore(Entry.RestoreStep step) {
    return new Entry.Restore(REQUEST, step);
  }

  private static Entry batch(Mutation... mutations) {
    return new Entry.Batch("lb1", 88, 7, List.of(mutations));
  }

  private static HttpSession http(long id, String key) {
    return new HttpSession(
        new HttpKey("f1", id, id, Bytes.utf8(key)),
        id,
        Bytes.utf8("127.0.0.1"),
        1_795_230_816_000L);
  }

  private static RecentEntry recent(int stamps) {
    long[] stampsMs = new long[stamps];
    Arrays.setAll(stampsMs, i -> 1_795_230_816_000L + i);
    return new RecentEntry(
        new RecentKey("T1", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) 1)), 64, stampsMs);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whatIsEncodedComesBack(Entry entry) throws Exception {
    assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
  }

  @Test
  void batchesDrawnAtRandomComeBack() throws Exception {
    Drawn drawn = Drawn.spread();
    for (int round = 0; round < 200; round++) {
      BatchBuilder builder = new BatchBuilder();
      List<Mutation> taken = new ArrayList<>();
      int wanted = drawn.below(2) == 0 ? EntryCodec.MAX_MUTATIONS : drawn.below(20);
      Mutation next = drawn.mutation();
      while (taken.size() < wanted && builder.add(next)) {
        taken.add(next);
        next = drawn.mutation();
      }
      byte[] bytes = builder.encode("lb" + round, drawn.any(), drawn.any());
      assertThat(bytes.length)
          .isLessThanOrEqualTo(Math.min(EntryCodec.MAX_ENTRY_BYTES, builder.size()));
      Entry.Batch batch = (Entry.Batch) EntryCodec.decode(bytes);
      assertThat(batch.mutations()).as("%s", drawn).isEqualTo(taken);
      assertThat(EntryCodec.encode(batch)).as("%s", drawn).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {255, 256, 300, 65_536, 0x8000_0000L, 0xFFFF_FFFFL})
  void defect3_idsAreNotCutTo8Bits(long id) throws Exception {
    HttpSession session = http(id, "k");
    Entry decoded = EntryCodec.decode(EntryCodec.encode(batch(new Mutation.Put(session))));
    HttpSession got =
        (HttpSession) ((Mutation.Put) ((Entry.Batch) decoded).mutations().get(0)).session();
    assertThat(got.key().listener()).isEqualTo(id);
    assertThat(got.key().service()).isEqualTo(id);
    assertThat(got.backend()).isEqualTo(id);
    assertThat(got).isEqualTo(session);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyTruncationIsMalformed(Entry entry) {
    byte[] bytes = EntryCodec.encode(entry);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EntryCodec.decode(cut)).isInstanceOf(MalformedEntryException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyFlippedByteIsAnEntryOrOneOfTheTwoErrors(Entry entry) {
    byte[] bytes = EntryCodec.encode(entry);
    for (int at = 0; at < bytes.length; at++) {
      for (int flip = 1; flip < 256; flip++) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) flip;
        decodeOrRefuse(flipped);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noLengthMakesTheDecoderAllocateMoreThanIsThere(Entry entry) {
    byte[] bytes = EntryCodec.encode(entry);
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] = (byte) 0xFF;
      decodeOrRefuse(flipped); // The first time pays for classes and messages.
      long before = Allocated.bytes();
      decodeOrRefuse(flipped);
      assertThat(Allocated.bytes() - before).isLessThan(64 * 1024);
    }
  }

  @Test
  void noiseIsRefused() {
    Drawn drawn = Drawn.spread();
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = drawn.bytes(drawn.below(100)).toArray();
      if (noise.length > 2 && drawn.below(4) > 0) {
        noise[0] = EntryCodec.VERSION;
        noise[1] = (byte) (1 + drawn.below(5));
      }
      decodeOrRefuse(noise);
    }
  }

  private static void decodeOrRefuse(byte[] bytes) {
    try {
      Entry read = EntryCodec.decode(bytes);
      // What reads as an entry is one: it can be written, and reads the same again.
      assertThat(EntryCodec.decode(EntryCodec.encode(read))).isEqualTo(read);
    } catch (MalformedEntryException e) {
      assertThat(e.offset()).isBetween(0, bytes.length);
      assertThat(e).hasMessageContaining("byte " + e.offset());
    } catch (UnsupportedEntryException e) {
      assertThat(bytes[0] != EntryCodec.VERSION || bytes[1] < 1 || bytes[1] > 5).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void bytesLeftOverAreMalformed(Entry entry) {
    byte[] bytes = EntryCodec.encode(entry);
    assertThatThrownBy(() -> EntryCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessageContaining("1 bytes too many, at byte " + bytes.length);
  }

  /** Members of different releases read these bytes: they change only with the version. */
  @Test
  void theBytesAreTheseAndNoOthers() {
    assertThat(hex(new Entry.Open("lb1", REQUEST)))
        .isEqualTo("0101" + "036c6231" + "0123456789abcdefffffffffffffffff");
    assertThat(hex(command(new Entry.Operation.Clear(Kind.RECENT, Scope.table("T1")))))
        .isEqualTo("0103" + "0123456789abcdefffffffffffffffff" + "03" + "02" + "01" + "025431");
    String restore = "0105" + "0123456789abcdefffffffffffffffff";
    assertThat(hex(restore(new Entry.RestoreStep.Begin(1_795_230_816_000L))))
        .isEqualTo(restore + "01" + "000001a1fc185700");
    assertThat(hex(restore(new Entry.RestoreStep.Part(7, List.of(new Mutation.Put(recent(1)))))))
        .isEqualTo(
            restore
                + ("02" + "00000007" + "0001" + "0001" + "02" + "025431")
                + ("01" + "0000" + "04" + "0a000001" + "40" + "0001" + "000001a1fc185700"));
    assertThat(hex(restore(new Entry.RestoreStep.End(7, 300, -2))))
        .isEqualTo(restore + "03" + "00000007" + "000000000000012c" + "fffffffffffffffe");
    assertThat(hex(restore(new Entry.RestoreStep.Abandon()))).isEqualTo(restore + "04");
    assertThat(hex(new Entry.Purge(List.of(new Mutation.Delete(recent(1).key())), 3, true)))
        .isEqualTo(
            ("0106" + "01" + "0001" + "0001" + "02" + "025431")
                + ("02" + "0000" + "04" + "0a000001" + "00000003" + "000000"));
    assertThat(
            hex(
                batch(
                    new Mutation.Put(http(300, "abc")),
                    new Mutation.Delete(recent(1).key()),
                    new Mutation.Put(recent(1)))))
        .isEqualTo(
            ("0102" + "036c6231" + "0000000000000058" + "0000000000000007" + "0002" + "0003")
                + ("01" + "026631" + "02" + "025431")
                + ("01" + "0000" + "0000012c" + "0000012c" + "03616263")
                + ("0000012c" + "09" + "3132372e302e302e31" + "000001a1fc185700")
                + ("02" + "0001" + "04" + "0a000001")
                + ("01" + "0001" + "04" + "0a000001" + "40" + "0001" + "000001a1fc185700"));
  }

  private static String hex(Entry entry) {
    return HexFormat.of().formatHex(EntryCodec.encode(entry));
  }

  @Test
  void aNewerVersionAndAnUnknownTypeAreUnsupported() {
    byte[] newer = {2};
    byte[] unknown = {1, 9};
    byte[] none = {0, 1};
    assertThatThrownBy(() -> EntryCodec.decode(newer))
        .isInstanceOf(UnsupportedEntryException.class)
        .hasMessageContaining("version 2");
    assertThatThrownBy(() -> EntryCodec.decode(unknown))
        .isInstanceOf(UnsupportedEntryException.class)
        .hasMessageContaining("type 9");
    assertThatThrownBy(() -> EntryCodec.decode(none)).isInstanceOf(MalformedEntryException.class);
  }

  @Test
  void aPurgeHoldsDeletesAndZeros() {
    byte[] padded = EntryCodec.encode(new Entry.Purge(List.of(), 10, true));
    padded[padded.length - 1] = 1;
    assertThatThrownBy(() -> EntryCodec.decode(padded))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessageContaining("padding is not zero");
    byte[] short10 = EntryCodec.encode(new Entry.Purge(List.of(), 10, true));
    assertThatThrownBy(() -> EntryCodec.decode(Arrays.copyOf(short10, short10.length - 1)))
        .isInstanceOf(MalformedEntryException.class);
    byte[] put = EntryCodec.encode(new Entry.Purge(List.of(new Mutation.Put(recent(1))), 0, false));
    assertThatThrownBy(() -> EntryCodec.decode(put))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessageContaining("deletes and padding");
    assertThatThrownBy(
            () -> EntryCodec.encode(new Entry.Purge(List.of(), EntryCodec.MAX_ENTRY_BYTES, true)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEntryBeyondTheBoundIsMalformed() {
    byte[] tooLong = new byte[EntryCodec.MAX_ENTRY_BYTES + 1];
    tooLong[0] = EntryCodec.VERSION;
    tooLong[1] = EntryCodec.MARK;
    assertThatThrownBy(() -> EntryCodec.decode(tooLong))
        .isInstanceOf(MalformedEntryException.class);
  }

  @Test
  void aNameThatIsNotUtf8IsMalformed() {
    byte[] bytes = EntryCodec.encode(new Entry.Open("lb1", REQUEST));
    bytes[3] = (byte) 0xFF;
    assertThatThrownBy(() -> EntryCodec.decode(bytes))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessageContaining("not UTF-8, at byte 3");
  }

  @Test
  void theReplacementCharacterIsANameLikeAnyOther() throws Exception {
    Entry open = new Entry.Open("\uFFFD", REQUEST);
    assertThat(EntryCodec.decode(EntryCodec.encode(open))).isEqualTo(open);
  }

  @Test
  void whatIsBeyondABoundIsNotEncoded() {
    List<Mutation> tooMany =
        java.util.Collections.nCopies(
            EntryCodec.MAX_MUTATIONS + 1, new Mutation.ClearScope(Scope.farm("f1")));
    assertThatThrownBy(() -> EntryCodec.encode(new Entry.Batch("lb1", 1, 1, tooMany)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntryCodec.encode(new Entry.Open("", REQUEST)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntryCodec.encode(new Entry.Open("x".repeat(256), REQUEST)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntryCodec.encode(new Entry.Open("\uD800", REQUEST)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                EntryCodec.encode(command(new Entry.Operation.Clear(Kind.HTTP, Scope.table("T")))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
