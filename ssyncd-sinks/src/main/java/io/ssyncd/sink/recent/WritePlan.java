package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.TablePolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a write will do to one table: which entries go in, oldest first, and which rows give way to
 * them. Rows that the cluster does not know stay, unless this node wrote them itself and no packet
 * came since, or the table is full and they are older than what would otherwise be refused: the
 * kernel itself would push them out then.
 */
final class WritePlan {
  private final List<PlannedEntry> writes = new ArrayList<>();
  private final List<RecentAddress> victims = new ArrayList<>();
  private final List<RecentAddress> stale = new ArrayList<>();
  private final List<PlannedEntry> adopted = new ArrayList<>();
  private long unchanged;
  private long expired;
  private long overstayed;
  private long forgotten;
  private long leftToSiblings;
  private long full;
  private long removed;
  private final List<RecentAddress> extras = new ArrayList<>();

  private WritePlan() {}

  /** The entries to write, oldest first. */
  List<PlannedEntry> writes() {
    return writes;
  }

  /** Rows that have to go before the last so many of the entries that are new to the table. */
  List<RecentAddress> victims() {
    return victims;
  }

  /**
   * Rows that an earlier write made and that have to go: of entries that the cluster holds no more;
   * and, for a stock kernel took the time of that write for theirs, of clients that a sibling table
   * has seen since, who would go on to the old backend, and of clients whose time is over.
   */
  List<RecentAddress> stale() {
    return stale;
  }

  /**
   * Entries in place whose rows are not known, and were made by no packet: an earlier life of this
   * node wrote them.
   */
  List<PlannedEntry> adopted() {
    return adopted;
  }

  /** Of the stale rows, those whose client's time is over. */
  long overstayed() {
    return overstayed;
  }

  /** Of the stale rows, those of entries that the cluster holds no more. */
  long forgotten() {
    return forgotten;
  }

  /** Entries that are in place already, or newer there. */
  long unchanged() {
    return unchanged;
  }

  /** Entries that no rule would look at any more, had the kernel their ages. */
  long expired() {
    return expired;
  }

  /** Entries whose client was seen later by a sibling table. */
  long leftToSiblings() {
    return leftToSiblings;
  }

  /** Entries for which the table has no room. */
  long full() {
    return full;
  }

  /** Rows unknown to the cluster that give way. */
  long removed() {
    return removed;
  }

  /** Rows unknown to the cluster that stay. */
  List<RecentAddress> extras() {
    return extras;
  }

  /**
   * What bears on a plan.
   *
   * @param command what the kernel understands
   * @param policy what is known of the table
   * @param sawLater whether a sibling table saw an entry's client later
   * @param own whether a row is as a write of this life of the node left it
   * @param untouched the same, and no packet has come to it since, not even in the same tick
   * @param known whether this life of the node knows a row
   * @param moment translates stamps; null where they cannot be: then only what is missing is
   *     written
   * @param room how many rows the table holds at most
   * @param nowMs wall-clock milliseconds
   */
  record Circumstances(
      Command command,
      TablePolicy policy,
      Predicate<RecentEntry> sawLater,
      Predicate<RecentRow> own,
      Predicate<RecentRow> untouched,
      Predicate<RecentAddress> known,
      @Nullable JiffiesMoment moment,
      int room,
      long nowMs) {
    /** Whether a row is as an earlier life of this node left it: no packet made it. */
    boolean foundling(RecentRow row) {
      return row.ttl() == 0 && !known.test(row.address());
    }

    /** Whether a row is this node's writing and nothing else. */
    boolean ours(RecentRow row) {
      return own.test(row) || foundling(row);
    }
  }

  /** A plan for {@code entries} of the cluster and {@code rows} of the kernel. */
  static WritePlan of(
      List<RecentEntry> entries, Map<RecentAddress, RecentRow> rows, Circumstances in) {
    WritePlan plan = new WritePlan();
    Map<RecentAddress, RecentRow> unknown = new HashMap<>(rows);
    List<Place> places = new ArrayList<>();
    for (RecentEntry entry : entries) {
      RecentAddress address = RecentAddress.of(entry.key().address());
      RecentRow row = unknown.remove(address);
      plan.place(entry, address, row, in, places);
    }
    for (RecentRow row : unknown.values()) {
      if (in.untouched().test(row)) {
        // Written from the cluster, and seen by no packet since: it went with its entry.
        plan.stale.add(row.address());
        plan.forgotten++;
        continue;
      }
      places.add(new Place(seen(row, in), row.address(), row, null, Standing.EXTRA));
    }
    plan.settle(places, in);
    return plan;
  }

  /** How an entry or a row stands. */
  private enum Standing {
    MISSING,
    /** Its row is older, or of another age than this node wrote it with. */
    OFF,
    IN_PLACE,
    PASSED_OVER,
    EXTRA
  }

  /** Someone who wants to be in the table. */
  private record Place(
      long seenMs,
      RecentAddress address,
      @Nullable RecentRow row,
      @Nullable RecentEntry entry,
      Standing standing) {}

  private void place(
      RecentEntry entry,
      RecentAddress address,
      @Nullable RecentRow row,
      Circumstances in,
      List<Place> places) {
    Standing standing = standing(entry, row, in);
    if (standing == Standing.PASSED_OVER && row != null && in.ours(row)) {
      stale.add(address);
      return;
    }
    if (standing == Standing.PASSED_OVER && row == null) {
      return;
    }
    long seen = row == null ? entry.lastSeenMs() : Math.max(entry.lastSeenMs(), seen(row, in));
    places.add(new Place(seen, address, row, entry, standing));
  }

  private Standing standing(RecentEntry entry, @Nullable RecentRow row, Circumstances in) {
    if (in.command() == Command.STOCK) {
      if (in.sawLater().test(entry)) {
        leftToSiblings++;
        return Standing.PASSED_OVER;
      }
      if (outlived(entry, in)) {
        if (row == null) {
          expired++;
        } else if (!in.ours(row)) {
          return Standing.IN_PLACE;
        } else {
          overstayed++;
        }
        return Standing.PASSED_OVER;
      }
    }
    if (row == null) {
      return Standing.MISSING;
    }
    JiffiesMoment moment = in.moment();
    if (moment == null) {
      return Standing.IN_PLACE;
    }
    long slack = moment.tickMs() + 1;
    long newer = moment.toWallMs(row.lastSeen()) - entry.lastSeenMs();
    // A row that no packet touched is as old as its entry: written when less was known of the clock
    // that stamped it, it may be too young.
    boolean tooYoung = newer > slack && in.command() == Command.RESTORE && in.untouched().test(row);
    return newer < -slack || tooYoung ? Standing.OFF : Standing.IN_PLACE;
  }

  private static boolean outlived(RecentEntry entry, Circumstances in) {
    return in.policy()
        .persistence()
        .filter(time -> in.nowMs() - entry.lastSeenMs() >= time.toMillis())
        .isPresent();
  }

  /** Without a clock every row counts as new: it is in place, and nothing makes it give way. */
  private static long seen(RecentRow row, Circumstances in) {
    JiffiesMoment moment = in.moment();
    return moment == null ? Long.MAX_VALUE : moment.toWallMs(row.lastSeen());
  }

  /** Lets the newest in, and puts what is to be written in order. */
  private void settle(List<Place> places, Circumstances in) {
    places.sort(Comparator.comparingLong(Place::seenMs));
    int losers = Math.max(0, places.size() - in.room());
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      if (i < losers) {
        lose(place);
      } else {
        win(place, in);
      }
    }
    writes.sort(Comparator.comparingLong(planned -> planned.entry().lastSeenMs()));
  }

  private void lose(Place place) {
    if (place.standing() == Standing.EXTRA) {
      removed++;
    } else if (place.standing() != Standing.PASSED_OVER) {
      full++;
    }
    if (place.row() != null) {
      victims.add(place.address());
    }
  }

  private void win(Place place, Circumstances in) {
    RecentEntry entry = place.entry();
    switch (place.standing()) {
      case EXTRA -> extras.add(place.address());
      case IN_PLACE -> {
        unchanged++;
        RecentRow row = place.row();
        if (entry != null && row != null && in.command() == Command.STOCK && in.foundling(row)) {
          adopted.add(new PlannedEntry(entry, place.address(), row));
        }
      }
      case PASSED_OVER -> {
        // Counted already; the row stays as it is.
      }
      case MISSING, OFF -> {
        if (entry != null) {
          writes.add(new PlannedEntry(entry, place.address(), place.row()));
        }
      }
    }
  }
}
