package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecentTableParserTest {
  /** As Linux 6.18 printed them. */
  private static final String RECORDED =
      """
      src=10.0.0.1 ttl: 64 last_seen: 4295412904 oldest_pkt: 1 4295412904
      src=10.0.0.2 ttl: 0 last_seen: 4295412904 oldest_pkt: 2 4295412800, 4295412904
      src=fe80:0000:0000:0000:0000:0000:0000:0001 ttl: 255 last_seen: 4295244092 oldest_pkt: 1 4295244092
      """;

  @Test
  void recordedRowsOfBothFamilies() {
    Rows read = Rows.of(RECORDED);

    assertThat(read.malformed).isEmpty();
    assertThat(read.rows)
        .containsExactly(
            RecentRow.of(Rows.v4(10, 0, 0, 1), 64, 4295412904L),
            RecentRow.of(Rows.v4(10, 0, 0, 2), 0, 4295412800L, 4295412904L),
            RecentRow.of(new RecentAddress(true, 0xfe80L << 48, 1), 255, 4295244092L));
  }

  @Test
  void defect4RowsOfIpv6AreRead() {
    Rows read =
        Rows.of(
            "src=2001:0db8:0000:0000:00ff:0000:0000:beef ttl: 64 last_seen: 7 oldest_pkt: 1 7\n");

    assertThat(read.rows).hasSize(1);
    RecentAddress address = read.rows.get(0).address();
    assertThat(address)
        .isEqualTo(new RecentAddress(true, 0x20010db800000000L, 0x00ff00000000beefL));
    assertThat(address.toString()).isEqualTo("2001:0db8:0000:0000:00ff:0000:0000:beef");
    assertThat(RecentAddress.of(address.toBytes())).isEqualTo(address);
    assertThat(address.toBytes().length()).isEqualTo(16);
  }

  @Test
  void aRingIsTurnedSoThatTheOldestStampComesFirst() {
    Rows read = Rows.of(Rows.ring(Rows.v4(1, 2, 3, 4), 64, 12, 2, 11, 12, 7, 8, 9, 10));

    assertThat(read.rows)
        .containsExactly(RecentRow.of(Rows.v4(1, 2, 3, 4), 64, 7, 8, 9, 10, 11, 12));
  }

  @Test
  void anIndexOfZeroOfALargeRingHasItsNewestStampInLastSeenAlone() {
    long[] printed = new long[255];
    Arrays.setAll(printed, i -> 1000 + i);
    Rows read = Rows.of(Rows.ring(Rows.v4(1, 2, 3, 4), 64, 1255, 0, printed));

    assertThat(read.rows.get(0).stamps()).isEqualTo(256);
    assertThat(read.rows.get(0).stamp(0)).isEqualTo(1000);
    assertThat(read.rows.get(0).lastSeen()).isEqualTo(1255);
  }

  @Test
  void stampsMayRepeatAndFillAllBits() {
    Rows read = Rows.of(Rows.ring(Rows.v4(1, 2, 3, 4), 64, -1L, 4, -3L, -3L, -2L, -1L));

    assertThat(read.rows).containsExactly(RecentRow.of(Rows.v4(1, 2, 3, 4), 64, -3, -3, -2, -1));
  }

  @Test
  void stampsOutOfOrderAreSorted() {
    Rows read = Rows.of(Rows.ring(Rows.v4(1, 2, 3, 4), 64, 30, 3, 20, 10, 30));

    assertThat(read.rows).containsExactly(RecentRow.of(Rows.v4(1, 2, 3, 4), 64, 10, 20, 30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense|0|begins with src=",
        "src=10.0.0 ttl: 1 last_seen: 1 oldest_pkt: 1 1|10|no address",
        "src=10.0.0.256 ttl: 1 last_seen: 1 oldest_pkt: 1 1|14|no address",
        "src=10.0.0.1x ttl: 1 last_seen: 1 oldest_pkt: 1 1|12|no address",
        "src=fe80::1 ttl: 1 last_seen: 1 oldest_pkt: 1 1|4|no address",
        "src=fe80:0000:0000:0000:0000:0000:0000:000g ttl: 1 last_seen: 1 oldest_pkt: 1"
            + " 1|42|address",
        "src=10.0.0.1 ttl: 256 last_seen: 1 oldest_pkt: 1 1|21|ttl",
        "src=10.0.0.1 ttl: 1 last_seen:  oldest_pkt: 1 1|31|last_seen",
        "src=10.0.0.1 ttl: 1 last_seen: 1 oldest_pkt: 70000 1|51|oldest_pkt",
        "src=10.0.0.1 ttl: 1 last_seen: 1 oldest_pkt: 3 1, 2|51|3 of 2 stamps",
        "src=10.0.0.1 ttl: 1 last_seen: 1 oldest_pkt: 1|46|stamp is missing",
        "src=10.0.0.1 ttl: 1 last_seen: 1 oldest_pkt: 1 1,2|48|stamp is missing",
        "src=10.0.0.1 ttl: 1 last_seen: 1 oldest_pkt: 1 18446744073709551616|66|64 bits",
      })
  void aRowOfNonsenseIsNamedAndTheOthersGoOn(String nonsense, int column, String problem) {
    String good = Rows.print(Rows.v4(10, 0, 0, 9), 64, 5, 6);
    Rows read = Rows.of(good + nonsense + "\n" + good);

    assertThat(read.rows).hasSize(2);
    assertThat(read.malformed).hasSize(1);
    MalformedRow row = read.malformed.get(0);
    assertThat(row.table()).isEqualTo("T");
    assertThat(row.line()).isEqualTo(2);
    assertThat(row.problem()).contains(problem);
    assertThat(row.offset() - good.length()).isBetween(column - 2L, column + 2L);
  }

  @Test
  void everyTruncationOfATableIsAnErrorAndNeverAnotherRow() {
    byte[] text = RECORDED.getBytes(StandardCharsets.US_ASCII);
    Rows whole = Rows.of(RECORDED);
    for (int length = 0; length < text.length; length++) {
      Rows read = Rows.of(Arrays.copyOf(text, length), 7);
      boolean betweenRows = length == 0 || text[length - 1] == '\n';
      assertThat(read.malformed).as("%d bytes", length).hasSize(betweenRows ? 0 : 1);
      assertThat(read.rows).isEqualTo(whole.rows.subList(0, read.rows.size()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64, 4096})
  void drawnRowsComeBackInPiecesOfAnySize(int piece) {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    Rows expected = new Rows();
    for (int i = 0; i < 200; i++) {
      RecentAddress address =
          random.nextBoolean()
              ? new RecentAddress(false, 0, random.nextLong(1L << 32))
              : new RecentAddress(true, random.nextLong(), random.nextLong());
      int ttl = random.nextInt(256);
      long[] stamps = new long[1 + random.nextInt(40)];
      long stamp = random.nextLong();
      for (int s = 0; s < stamps.length; s++) {
        stamps[s] = stamp;
        stamp += random.nextInt(1000);
      }
      int turn = random.nextInt(stamps.length);
      long[] ring = new long[stamps.length];
      for (int s = 0; s < stamps.length; s++) {
        ring[(s + turn) % ring.length] = stamps[s];
      }
      int index = turn == 0 ? ring.length : turn;
      text.append(Rows.ring(address, ttl, stamps[stamps.length - 1], index, ring));
      expected.rows.add(RecentRow.of(address, ttl, stamps));
    }

    Rows read = Rows.of(text.toString().getBytes(StandardCharsets.US_ASCII), piece);

    assertThat(read.malformed).as("-Dssyncd.seed=%d", seed).isEmpty();
    assertThat(read.rows).as("-Dssyncd.seed=%d", seed).isEqualTo(expected.rows);
  }

  @Test
  void aRowWithoutEndIsBounded() {
    Rows rows = new Rows();
    RecentTableParser parser = new RecentTableParser("T", JiffiesWidth.BITS_64, rows);
    byte[] endless = "1".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
    for (int sent = 0; sent <= 3 * RecentTableParser.MAX_ROW_BYTES; sent += endless.length) {
      parser.feed(endless, 0, endless.length);
    }
    byte[] next =
        ("\n" + Rows.print(Rows.v4(1, 1, 1, 1), 1, 1)).getBytes(StandardCharsets.US_ASCII);
    parser.feed(next, 0, next.length);
    parser.end();

    assertThat(rows.malformed).hasSize(1);
    assertThat(rows.malformed.get(0).problem()).contains("more than");
    assertThat(rows.rows).hasSize(1);
  }

  @Test
  void theLargestRingIsRead() {
    long[] ring = new long[65_536];
    Arrays.setAll(ring, i -> Long.MAX_VALUE + i);
    Rows read = Rows.of(Rows.print(Rows.v4(1, 1, 1, 1), 1, ring));

    assertThat(read.malformed).isEmpty();
    assertThat(read.rows.get(0).stamps()).isEqualTo(65_536);
  }
}
