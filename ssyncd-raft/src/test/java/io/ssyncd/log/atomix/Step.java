package io.ssyncd.log.atomix;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Mutation;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One step of a random run. All of it is drawn before anything is looked at: the same seed gives
 * the same steps, whatever the members make of them.
 *
 * @param member whom it is about, and {@code other} another one; from 0
 * @param amount what the operation makes of it, 0 to 999
 * @param pauseMillis how long the members are left alone afterwards
 * @param mutations of a batch
 */
record Step(
    int number,
    What what,
    int member,
    int other,
    int amount,
    int pauseMillis,
    List<Mutation> mutations,
    UUID request) {

  private static final int LARGE_BATCH_BYTES = 90_000;

  /** What is done, and how often in relation to the others. */
  enum What {
    OPEN(30),
    BATCH(420),
    COMMAND(50),
    MARK(10),
    /** Bytes that were proposed before, by this or another member. */
    AGAIN(60),
    GARBAGE(8),
    BARRIER(80),
    TRANSFER(25),
    SNAPSHOT(25),
    KILL(14),
    CLOSE(6),
    START(60),
    /** From here on the disks remember what is synced. */
    WATCH_DISKS(14),
    POWER_LOSS(10),
    /** All lose their power. */
    BLACKOUT(5),
    /** All lose their power as soon as an entry is acknowledged. */
    BLACKOUT_AFTER_ANSWER(6),
    WIPE(2),
    ISOLATE(16),
    ISOLATE_LEADER(12),
    ONE_WAY(16),
    SPLIT(12),
    SLOW(16),
    HEAL(110),
    STALL(14),
    CALM(4);

    private final int weight;

    What(int weight) {
      this.weight = weight;
    }

    private static What draw(Drawn drawn) {
      int sum = 0;
      for (What what : values()) {
        sum += what.weight;
      }
      int left = drawn.below(sum);
      for (What what : values()) {
        left -= what.weight;
        if (left < 0) {
          return what;
        }
      }
      throw new AssertionError();
    }
  }

  static Step draw(int number, int members, Drawn drawn) {
    What what = What.draw(drawn);
    int member = drawn.below(members);
    int other = (member + 1 + drawn.below(members - 1)) % members;
    return new Step(
        number,
        what,
        member,
        other,
        drawn.below(1000),
        drawn.below(25) == 0 ? drawn.below(300) : drawn.below(12),
        what == What.BATCH ? mutations(drawn) : List.of(),
        drawn.uuid());
  }

  private static List<Mutation> mutations(Drawn drawn) {
    int most = drawn.below(6) == 0 ? Integer.MAX_VALUE : 1 + drawn.below(5);
    List<Mutation> mutations = new ArrayList<>();
    int bytes = 0;
    while (mutations.size() < most && bytes < LARGE_BATCH_BYTES && mutations.size() < 1000) {
      Mutation mutation = drawn.mutation();
      mutations.add(mutation);
      bytes += mutation instanceof Mutation.Put put ? RecordCodec.size(put.session()) : 50;
    }
    return mutations;
  }

  @Override
  public String toString() {
    return String.format(
        "%5d %-14s m%d (m%d) %d, then %d ms",
        number, what, member + 1, other + 1, amount, pauseMillis);
  }
}
