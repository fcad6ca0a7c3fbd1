package io.ssyncd.source.pair;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an import. Their stamps are kept as they came, for what they mean in wall-clock
 * time is known better the longer the old master is listened to: an entry that turns out to be
 * older by more than a second is told again. Not thread-safe.
 */
final class ImportedEntries {
  /** How many entries' stamps are kept; of one beyond, the first translation stays. */
  static final int MAX_ROWS = 1 << 17;

  /** A translation that is off by less stays. */
  static final long TOLERANCE_MS = 1_000;

  private final TableView table;
  private final HostClock clock;
  private final MasterJiffies jiffies;
  private final Map<RecentKey, Row> rows = new LinkedHashMap<>();
  final Tally tally = new Tally();
  private int connection;

  /** Stamps that came before are of another run of the old master's counter. */
  private int counterSince;

  private static final class Row {
    int ttl;
    long[] stamps;
    @Nullable RecentEntry told;
    boolean waits;
    int connection;

    Row(int ttl, long[] stamps) {
      this.ttl = ttl;
      this.stamps = stamps;
    }
  }

  ImportedEntries(TableView table, HostClock clock, MasterJiffies jiffies) {
    this.table = table;
    this.clock = clock;
    this.jiffies = jiffies;
  }

  /** A connection is there; they are counted. */
  void connected(int number) {
    connection = number;
    jiffies.connected();
  }

  /** All that the old master holds was told on this connection. */
  void told() {
    if (jiffies.beganAnew()) {
      counterSince = connection;
    }
  }

  /** Why an entry cannot be kept; null if it can. */
  @Nullable String objection(PairFrame.Entry frame) {
    long[] stamps = inOrder(frame.jiffies(), frame.index());
    return jiffies.objection(stamps[stamps.length - 1], clock.millis(), clock.steadyMillis());
  }

  /** When a packet made it last, as the old master told; empty if it did not tell of it. */
  OptionalLong toldMs(RecentKey key) {
    Row row = rows.get(key);
    return row == null
        ? OptionalLong.empty()
        : OptionalLong.of(jiffies.toWallMs(row.stamps[row.stamps.length - 1], clock.millis()));
  }

  /** Holds what answers a request until {@link #waiting}; false if there is no room. */
  boolean hold(PairFrame.Entry frame) {
    Row row = row(frame, false);
    if (row == null) {
      return false;
    }
    // One that waits already is overtaken: it counts as changed.
    tally.updated += row.waits ? 1 : 0;
    row.waits = true;
    return true;
  }

  /** What to tell the cluster of an entry now; null for nothing, which is counted. */
  @Nullable RecentEntry take(PairFrame.Entry frame, boolean live) {
    Row row = row(frame, live);
    if (row == null) {
      row = new Row(frame.ttl(), inOrder(frame.jiffies(), frame.index()));
    }
    return news(frame.key(), row);
  }

  /** The same of one that waits. */
  @Nullable RecentEntry take(RecentKey key) {
    Row row = rows.get(key);
    return row == null ? null : news(key, row);
  }

  /** Those that wait. */
  List<RecentKey> waiting() {
    List<RecentKey> waiting = new ArrayList<>();
    rows.forEach(
        (key, row) -> {
          if (row.waits) {
            waiting.add(key);
          }
        });
    return waiting;
  }

  /** What was told and is to be told again, by what is known of the counter now. */
  List<RecentEntry> retold() {
    long now = clock.millis();
    List<RecentEntry> again = new ArrayList<>();
    rows.forEach(
        (key, row) -> {
          RecentEntry told = row.told;
          if (told != null && row.connection >= counterSince && told.equals(table.get(key))) {
            RecentEntry better = translate(key, row, now);
            if (!isClose(better, told)) {
              row.told = better;
              again.add(better);
            }
          }
        });
    return again;
  }

  private @Nullable Row row(PairFrame.Entry frame, boolean live) {
    long[] stamps = inOrder(frame.jiffies(), frame.index());
    jiffies.seen(stamps[stamps.length - 1], clock.millis(), clock.steadyMillis(), live);
    Row row = rows.get(frame.key());
    if (row == null && rows.size() < MAX_ROWS) {
      row = new Row(frame.ttl(), stamps);
      rows.put(frame.key(), row);
    } else if (row != null) {
      row.ttl = frame.ttl();
      row.stamps = stamps;
    }
    if (row != null) {
      row.connection = connection;
    }
    return row;
  }

  private @Nullable RecentEntry news(RecentKey key, Row row) {
    row.waits = false;
    RecentEntry entry = translate(key, row, clock.millis());
    RecentEntry told = row.told;
    if (told != null && isClose(entry, told)) {
      tally.unchanged++;
      return null;
    }
    if (table.get(key) instanceof RecentEntry known && !known.equals(told)) {
      if (isClose(entry, known)) {
        row.told = known;
        tally.unchanged++;
        return null;
      }
      if (known.lastSeenMs() > entry.lastSeenMs()) {
        tally.older++;
        return null;
      }
    }
    row.told = entry;
    return entry;
  }

  private RecentEntry translate(RecentKey key, Row row, long now) {
    long[] times = new long[row.stamps.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = jiffies.toWallMs(row.stamps[i], now);
    }
    return new RecentEntry(key, row.ttl, times);
  }

  private static boolean isClose(RecentEntry one, RecentEntry other) {
    return one.stamps() == other.stamps()
        && one.ttl() == other.ttl()
        && Math.abs(one.lastSeenMs() - other.lastSeenMs()) <= TOLERANCE_MS;
  }

  /** Whether the old master told of it. */
  boolean has(RecentKey key) {
    return rows.containsKey(key);
  }

  /** It is gone. */
  void remove(RecentKey key) {
    rows.remove(key);
  }

  /**
   * A ring, oldest first. The index says where its oldest stamp is; where it does not, as with
   * large rings, the numbers do: a counter of 64 bits does not wrap.
   */
  static long[] inOrder(long[] ring, int index) {
    long[] turned = new long[ring.length];
    int from = index < ring.length ? index : 0;
    boolean ascending = true;
    for (int i = 0; i < ring.length; i++) {
      turned[i] = ring[(from + i) % ring.length];
      ascending &= i == 0 || turned[i] >= turned[i - 1];
    }
    if (!ascending) {
      Arrays.sort(turned);
    }
    return turned;
  }
}
