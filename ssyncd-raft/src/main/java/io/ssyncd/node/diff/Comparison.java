package io.ssyncd.node.diff;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.ScopeBuckets;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * One comparison of two members, by the member that was asked for it. Blocks; used by one thread.
 */
final class Comparison {
  /** How long both may take to apply the mark. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long POLL_MS = 20;

  private final UUID request;
  private final String first;
  private final String second;
  private final int most;
  private final Ask ask;
  private final Interner interner = new Interner();
  private final List<TableDiff.ScopeDiff> scopes = new ArrayList<>();
  private final List<TableDiff.RecordDiff> records = new ArrayList<>();
  private boolean more;

  /** Puts a question to a member and waits. */
  interface Ask {
    byte[] ask(String member, Question question)
        throws LogUnavailableException, InterruptedException;
  }

  /**
   * @param most how many differing records are wanted
   */
  Comparison(UUID request, String first, String second, int most, Ask ask) {
    this.request = request;
    this.first = first;
    this.second = second;
    this.most = most;
    this.ask = ask;
  }

  /** Before the mark is proposed: both will freeze their tables at it. */
  void prepare() throws LogUnavailableException, InterruptedException {
    for (String member : List.of(first, second)) {
      byte[] answer = ask.ask(member, new Question.Prepare(request));
      if (answer.length != 1 || answer[0] != Answers.OK) {
        throw new LogUnavailableException(
            member + " takes part in " + FrozenTables.MOST + " comparisons already; try again");
      }
    }
  }

  /** What a member holds. */
  private record Summary(long index, String rest, SortedMap<Scope, Held> scopes) {}

  private record Held(long records, long digest) {
    private static final Held NOTHING = new Held(0, 0);
  }

  /** After the mark is committed. */
  TableDiff compare() throws LogUnavailableException, InterruptedException {
    try {
      Summary one = summary(first);
      Summary two = summary(second);
      SortedSet<Scope> all = new TreeSet<>(one.scopes().keySet());
      all.addAll(two.scopes().keySet());
      for (Scope scope : all) {
        Held here = one.scopes().getOrDefault(scope, Held.NOTHING);
        Held there = two.scopes().getOrDefault(scope, Held.NOTHING);
        scopes.add(
            new TableDiff.ScopeDiff(scope, here.records(), there.records(), here.equals(there)));
        if (!here.equals(there)) {
          compare(scope, ScopeBuckets.countFor(Math.max(here.records(), there.records())));
        }
      }
      List<String> rest =
          one.rest().equals(two.rest())
              ? List.of()
              : List.of(first + ": " + one.rest(), second + ": " + two.rest());
      return new TableDiff(first, second, one.index(), scopes, records, more, rest);
    } catch (IOException | MalformedEntryException | IllegalArgumentException e) {
      throw new LogUnavailableException("an answer that cannot be read: " + e, e);
    }
  }

  /** At the end: lets both forget the tables; they would do so by themselves later. */
  void done() throws InterruptedException {
    for (String member : List.of(first, second)) {
      try {
        byte[] unused = ask.ask(member, new Question.Done(request));
      } catch (LogUnavailableException e) {
        // Its minute will be over.
      }
    }
  }

  private Summary summary(String member)
      throws IOException, LogUnavailableException, InterruptedException {
    SortedMap<Scope, Held> scopes = new TreeMap<>();
    while (true) {
      DataInputStream from = answer(member, new Question.Summary(request, scopes.size()));
      long index = from.readLong();
      String rest = from.readUTF();
      boolean goesOn = from.readBoolean();
      int count = from.readUnsignedShort();
      for (int i = 0; i < count; i++) {
        Scope scope = Question.readScope(from);
        scopes.put(scope, new Held(from.readInt(), from.readLong()));
      }
      if (!goesOn || count == 0) {
        return new Summary(index, rest, scopes);
      }
    }
  }

  private void compare(Scope scope, int count)
      throws IOException, MalformedEntryException, LogUnavailableException, InterruptedException {
    long[] here = buckets(first, scope, count);
    long[] there = buckets(second, scope, count);
    for (int bucket = 0; bucket < count; bucket++) {
      if (here[bucket] != there[bucket]) {
        if (records.size() >= most) {
          more = true;
          return;
        }
        compare(scope, count, bucket);
      }
    }
  }

  private long[] buckets(String member, Scope scope, int count)
      throws IOException, LogUnavailableException, InterruptedException {
    DataInputStream from = answer(member, new Question.Buckets(request, scope, count));
    if (from.readInt() != count) {
      throw new IOException(member + " has another number of buckets");
    }
    long[] digests = new long[count];
    for (int i = 0; i < count; i++) {
      digests[i] = from.readLong();
    }
    return digests;
  }

  private void compare(Scope scope, int count, int bucket)
      throws IOException, MalformedEntryException, LogUnavailableException, InterruptedException {
    Map<SessionKey, SessionRecord> here = records(first, scope, count, bucket);
    Map<SessionKey, SessionRecord> there = records(second, scope, count, bucket);
    for (SessionRecord one : here.values()) {
      SessionRecord two = there.remove(one.key());
      if (!one.equals(two)) {
        add(new TableDiff.RecordDiff(scope, one, two));
      }
    }
    there.values().forEach(two -> add(new TableDiff.RecordDiff(scope, null, two)));
  }

  private void add(TableDiff.RecordDiff difference) {
    if (records.size() < most) {
      records.add(difference);
    } else {
      more = true;
    }
  }

  private Map<SessionKey, SessionRecord> records(String member, Scope scope, int count, int bucket)
      throws IOException, MalformedEntryException, LogUnavailableException, InterruptedException {
    Map<SessionKey, SessionRecord> all = new LinkedHashMap<>();
    while (true) {
      DataInputStream from =
          answer(member, new Question.Records(request, scope, count, bucket, all.size()));
      boolean goesOn = from.readBoolean();
      int told = from.readUnsignedShort();
      for (int i = 0; i < told; i++) {
        byte[] bytes = new byte[from.readUnsignedShort()];
        from.readFully(bytes);
        SessionRecord record = RecordCodec.read(scope, bytes, 0, bytes.length, interner);
        all.put(record.key(), record);
      }
      if (!goesOn || told == 0) {
        return all;
      }
    }
  }

  /** Waits until the member has applied the mark. */
  private DataInputStream answer(String member, Question question)
      throws IOException, LogUnavailableException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      DataInputStream from =
          new DataInputStream(new ByteArrayInputStream(ask.ask(member, question)));
      int status = from.readByte();
      if (status == Answers.OK) {
        return from;
      }
      if (status != Answers.WAIT || System.nanoTime() - until >= 0) {
        throw new LogUnavailableException(
            member
                + (status == Answers.WAIT
                    ? " did not apply the mark in time"
                    : " no longer knows of this comparison"));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }
}
