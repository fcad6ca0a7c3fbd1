package io.ssyncd.system;

import io.ssyncd.testkit.Member;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients do during a soak: requests at a steady rate, at whoever leads. A round of keys is
 * requested twice, so that half of the requests make sessions and half refresh one that is old
 * enough for the refresh to be replicated; then it is left to expire. Beside that, marks: sessions
 * that never expire, and that count as acknowledged once the leader's table holds them.
 *
 * <p>Used by one thread.
 */
final class SoakTraffic {
  /** The farm with the traffic. */
  static final String FARM = "f1";

  /** Sessions live for 75 s: a refresh after 5 s is more than a twentieth of that. */
  static final String SHAPE = "2x75,3x75/2x75";

  /** The farm of the marks. */
  static final String MARKS = "kept";

  /** Requests a second. */
  static final int RATE = 5_000;

  private static final int ROUND_SECONDS = 10;
  private static final int MARKS_A_TIME = 20;

  /**
   * Pound sweeps each minute; then a change of leader would leave a minute's sessions to expire.
   */
  private static final Duration SWEEP = Duration.ofSeconds(5);

  private @Nullable Member at;
  private long roundEnds;
  private long nextSweep = System.nanoTime();
  private int rounds;
  private int markings;
  private int acknowledged;

  /** Sends the next round, if it is time or somebody else leads now. */
  void tick(Member leader) {
    long now = System.nanoTime();
    if (now - nextSweep >= 0) {
      nextSweep = now + SWEEP.toNanos();
      leader.pound(FARM).command("expire");
    }
    if (leader == at && roundEnds - now > 0) {
      return;
    }
    if (at != null && leader != at) {
      stop(at);
    }
    at = leader;
    roundEnds = now + Duration.ofSeconds(ROUND_SECONDS).toNanos();
    leader
        .pound(FARM)
        .command(
            "rate %d %d round-%d- %d"
                .formatted(RATE, ROUND_SECONDS, rounds++, RATE * ROUND_SECONDS / 2));
  }

  /** Ends the traffic at the last leader. */
  void stop() {
    if (at != null) {
      stop(at);
    }
  }

  /** A new rate takes the place of the one before; this is as little as there can be. */
  private static void stop(Member member) {
    member.pound(FARM).command("rate 1 1 last- 1");
  }

  /** Makes the next marks at the leader, or those again that nobody acknowledged. */
  void mark(Member leader) {
    for (int i = 0; i < MARKS_A_TIME; i++) {
      leader.pound(MARKS).command("request 0/0 " + key(acknowledged + i));
    }
    markings++;
  }

  /** Whether the leader's table has the marks that were made last; they count from then on. */
  boolean acknowledged(int inTable) {
    if (inTable < acknowledged) {
      throw new AssertionError(inTable + " marks in a leader's table, " + acknowledged + " before");
    }
    if (inTable == acknowledged + MARKS_A_TIME) {
      acknowledged = inTable;
      return true;
    }
    return false;
  }

  /** How many marks must be there for ever. */
  int marks() {
    return acknowledged;
  }

  /** Those that the Pound of a member lacks, in hexadecimal as a dump shows them. */
  Set<String> missing(Member member) {
    Set<String> missing = new HashSet<>();
    for (int i = 0; i < acknowledged; i++) {
      missing.add(hex(key(i)));
    }
    member.pound(MARKS).sessions().forEach(line -> missing.remove(line.split(" ", -1)[3]));
    return missing;
  }

  private static String key(int number) {
    return "mark-" + number;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** One line. */
  String report() {
    return rounds + " rounds of traffic, " + acknowledged + " marks in " + markings + " goes\n";
  }
}
