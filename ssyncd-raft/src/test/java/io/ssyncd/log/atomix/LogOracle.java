package io.ssyncd.log.atomix;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.Outcome;
import io.ssyncd.table.SessionTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a log has promised, and says what is broken first. It hears of every entry that any
 * member applies, and keeps one history: whoever applies must apply the same entry, with the same
 * outcome and the same digest, at the same index, and none may be passed over. So an acknowledged
 * entry that is in the history is on every member that has applied as much. Thread-safe.
 */
final class LogOracle {
  private final NavigableMap<Long, Applied> history = new TreeMap<>();
  private final Map<Long, String> leaders = new HashMap<>();
  private final Map<String, String> votes = new HashMap<>();
  private final Set<Batch> batches = new HashSet<>();
  private final Set<UUID> requests = new HashSet<>();
  private long epoch;
  private String ingester = "";
  private long sequence;
  private long acknowledged;
  private int acknowledgements;
  private @Nullable String broken;

  private record Applied(int length, int hash, Outcome outcome, String digest) {}

  private record Batch(String ingester, long epoch, long sequence) {}

  /** One member from a start to its end. */
  static final class Life {
    final String member;
    private long last;
    private long statusApplied;
    private long statusCommitted;
    private long term;
    private boolean over;

    Life(String member) {
      this.member = member;
    }
  }

  LogOracle() {
    history.put(0L, new Applied(0, 0, Outcome.APPLIED, new SessionTable().digest()));
  }

  /** The first promise that was broken; null while all are kept. */
  synchronized @Nullable String broken() {
    return broken;
  }

  synchronized void violated(String what) {
    if (broken == null) {
      broken = what;
    }
  }

  synchronized void applied(
      Life life, long index, byte[] bytes, Outcome outcome, String digestAfter) {
    Applied now = new Applied(bytes.length, Arrays.hashCode(bytes), outcome, digestAfter);
    long before = history.lowerKey(index);
    if (before != life.last) {
      violated(
          life.member
              + " applies index "
              + index
              + " after "
              + life.last
              + "; before it comes "
              + before);
    }
    Applied known = history.get(index);
    if (known == null) {
      if (index < history.lastKey()) {
        violated(
            life.member
                + " applies index "
                + index
                + ", which a member that applied "
                + history.lastKey()
                + " has passed over");
      }
      history.put(index, now);
      judge(index, bytes, outcome);
    } else if (!known.equals(now)) {
      violated(life.member + " has " + now + " at index " + index + ", another one had " + known);
    }
    life.last = index;
  }

  /** What only has to be said of an index once. */
  private void judge(long index, byte[] bytes, Outcome outcome) {
    Entry entry;
    try {
      entry = EntryCodec.decode(bytes);
    } catch (MalformedEntryException e) {
      if (outcome != Outcome.MALFORMED) {
        violated("index " + index + " is no entry, and its outcome is " + outcome);
      }
      return;
    }
    if (entry instanceof Entry.Batch batch) {
      judge(index, batch, outcome);
    } else if (entry instanceof Entry.Open open) {
      if (once(index, open.request(), outcome)) {
        epoch = index;
        ingester = open.ingester();
        sequence = 0;
      }
    } else if (entry instanceof Entry.Command command) {
      once(index, command.request(), outcome);
    }
  }

  private void judge(long index, Entry.Batch batch, Outcome outcome) {
    Batch id = new Batch(batch.ingester(), batch.epoch(), batch.sequence());
    boolean reigns = batch.epoch() == epoch && batch.ingester().equals(ingester);
    if (outcome == Outcome.APPLIED) {
      if (!reigns) {
        violated(id + " took effect at " + index + ", and the epoch is " + epoch);
      } else if (batch.sequence() != sequence + 1) {
        violated(id + " took effect at " + index + " after sequence " + sequence);
      }
      if (!batches.add(id)) {
        violated(id + " took effect a second time, at " + index);
      }
      sequence = batch.sequence();
    } else if (reigns && batch.sequence() == sequence + 1) {
      violated(id + " is the next one and is " + outcome + " at " + index);
    }
  }

  private boolean once(long index, UUID request, Outcome outcome) {
    boolean first = requests.add(request);
    if (first != (outcome == Outcome.APPLIED)) {
      violated("request " + request + " is " + outcome + " at " + index + ", first: " + first);
    }
    return first;
  }

  synchronized void restored(Life life, long index, String digest) {
    Applied known = history.get(index);
    if (known == null || !known.digest.equals(digest)) {
      violated(
          life.member + " has read a snapshot with " + digest + " at " + index + ", not " + known);
    }
    if (index < life.last) {
      violated(life.member + " went back from " + life.last + " to a snapshot at " + index);
    }
    life.last = index;
  }

  /** A proposer was told that its entry is committed. */
  synchronized void acknowledged(String member, long index, byte[] bytes, Outcome outcome) {
    Applied known = history.get(index);
    if (known == null
        || known.length != bytes.length
        || known.hash != Arrays.hashCode(bytes)
        || known.outcome != outcome) {
      violated(
          String.format(
              "%s was told that %d bytes (hash %d) are at index %d, %s; there is %s",
              member, bytes.length, Arrays.hashCode(bytes), index, outcome, known));
    }
    acknowledged = Math.max(acknowledged, index);
    acknowledgements++;
  }

  /** The last index of which anybody was told that it is committed. */
  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized int acknowledgements() {
    return acknowledgements;
  }

  synchronized long applied(Life life) {
    return life.last;
  }

  synchronized long lastIndex() {
    return history.lastKey();
  }

  /** A barrier has returned that was asked for when {@code known} was acknowledged. */
  synchronized void passed(Life life, long index, long known) {
    if (!life.over && (index < known || life.last < index)) {
      violated(
          String.format(
              "a barrier of %s says %d; acknowledged before it was %d, applied there is %d",
              life.member, index, known, life.last));
    }
  }

  synchronized void leads(Life life, long term) {
    follows(life, life.member, term);
  }

  /** A member takes another one, or itself, for the leader. */
  synchronized void follows(Life life, String leader, long term) {
    String known = leaders.putIfAbsent(term, leader);
    if (known != null && !known.equals(leader)) {
      violated(
          String.format(
              "%s says that %s leads in term %d, in which %s does",
              life.member, leader, term, known));
    }
  }

  synchronized int reigns() {
    return leaders.size();
  }

  /** What a member's ledger says. */
  synchronized void voted(String member, long term, String candidate) {
    if (candidate.isEmpty()) {
      return;
    }
    String known = votes.putIfAbsent(member + " in term " + term, candidate);
    if (known != null && !known.equals(candidate)) {
      violated(member + " votes in term " + term + " for " + candidate + ", before for " + known);
    }
  }

  /** A member has lost its ledger, with everything else. */
  synchronized void forgetVotes(String member) {
    votes.keySet().removeIf(vote -> vote.startsWith(member + " "));
  }

  synchronized void seen(Life life, long applied, long committed, long term) {
    if (applied < life.statusApplied || committed < life.statusCommitted || term < life.term) {
      violated(
          String.format(
              "%s shows applied %d, committed %d, term %d after %d, %d, %d",
              life.member,
              applied,
              committed,
              term,
              life.statusApplied,
              life.statusCommitted,
              life.term));
    }
    life.statusApplied = applied;
    life.statusCommitted = committed;
    life.term = term;
  }

  synchronized void halted(Life life, String why) {
    if (!life.over) {
      violated(life.member + " has halted: " + why);
    }
  }

  synchronized void begins(Life life) {
    life.over = false;
  }

  /** From here on the member may do what it likes; what it applies still counts. */
  synchronized void ends(Life life) {
    life.over = true;
  }
}
