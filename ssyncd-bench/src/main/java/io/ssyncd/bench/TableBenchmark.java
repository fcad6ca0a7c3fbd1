package io.ssyncd.bench;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.SessionTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The codec and the table of 100,000 sessions with keys of 32 bytes, without a log. Figures of the
 * first four are per mutation, in batches of {@value #BATCH}; of the others, per whole table.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TableBenchmark {
  private static final int BATCH = 512;
  private static final int SESSIONS = 100_000;

  /** Behind version, type, the name lb1 and the epoch. */
  private static final int SEQUENCE_AT = 1 + 1 + 1 + 3 + 8;

  private static final Scope FARM = Scope.farm("f1");

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Bytes> keys = new ArrayList<>();
  private final BatchBuilder builder = new BatchBuilder();
  private final Interner interner = new Interner();
  private final List<byte[]> batches = new ArrayList<>();
  private final List<Mutation> some = new ArrayList<>();
  private final SessionTable table = new SessionTable();
  private byte[] batch = {};
  private byte[] snapshot = {};
  private long index;
  private long epoch;
  private long sequence;

  /** Fills the table. */
  @Setup
  public void fill() throws IOException {
    for (int i = 0; i < SESSIONS; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      keys.add(Bytes.of(key));
    }
    open();
    for (int from = 0; from < SESSIONS; from += BATCH) {
      int first = from;
      apply(i -> keys.get(Math.min(first + i, SESSIONS - 1)));
    }
    for (int i = 0; i < BATCH; i++) {
      some.add(put(keys.get(i)));
    }
    some.forEach(builder::add);
    batch = builder.encode("lb1", epoch, 1);
    for (int i = 0; i < 2 * SESSIONS / BATCH; i++) {
      builder.clear();
      for (int j = 0; j < BATCH; j++) {
        builder.add(put(keys.get(random.nextInt(SESSIONS))));
      }
      batches.add(builder.encode("lb1", epoch, 1));
    }
    snapshot = writeSnapshot().toByteArray();
  }

  private void open() {
    epoch = ++index;
    sequence = 0;
    table.apply(epoch, EntryCodec.encode(new Entry.Open("lb1", new UUID(0, epoch))));
  }

  private Mutation put(Bytes key) {
    Bytes address = Bytes.utf8("10.0.0." + key.at(0));
    return new Mutation.Put(
        new HttpSession(
            new HttpKey("f1", 0, key.at(1) & 3, key), key.at(0) & 7, address, random.nextLong()));
  }

  private Outcome apply(IntFunction<Bytes> keyOf) {
    builder.clear();
    for (int i = 0; i < BATCH; i++) {
      builder.add(put(keyOf.apply(i)));
    }
    return applied(builder.encode("lb1", epoch, ++sequence));
  }

  private Outcome applied(byte[] entry) {
    Outcome outcome = table.apply(++index, entry);
    if (outcome != Outcome.APPLIED) {
      throw new IllegalStateException("a batch was not applied: " + outcome);
    }
    return outcome;
  }

  /** Mutations into bytes. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public byte[] encode() {
    builder.clear();
    some.forEach(builder::add);
    return builder.encode("lb1", epoch, 1);
  }

  /** Bytes into mutations. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Entry decode() throws MalformedEntryException {
    return EntryCodec.decode(batch, interner);
  }

  /** Refreshes of random sessions: made, encoded, decoded, applied. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Outcome makeEncodeAndApplyRefreshes() {
    return apply(i -> keys.get(random.nextInt(SESSIONS)));
  }

  /** Refreshes of random sessions: decoded and applied, nothing else. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Outcome applyRefreshes() {
    byte[] entry = batches.get((int) (++sequence % batches.size()));
    ByteBuffer.wrap(entry).putLong(SEQUENCE_AT, sequence);
    return applied(entry);
  }

  /** The whole table's digest, as status asks for it. */
  @Benchmark
  public String digest() {
    return table.digest();
  }

  /** References to all sessions, as a write takes them. */
  @Benchmark
  public List<SessionRecord> records() {
    return table.records(FARM);
  }

  /** A snapshot into memory. */
  @Benchmark
  public ByteArrayOutputStream writeSnapshot() throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream(16 << 20);
    table.writeSnapshot(to);
    return to;
  }

  /** A snapshot from memory, checked. */
  @Benchmark
  public SessionTable readSnapshot() throws IOException {
    SessionTable read = new SessionTable();
    read.readSnapshot(new ByteArrayInputStream(snapshot));
    return read;
  }
}
