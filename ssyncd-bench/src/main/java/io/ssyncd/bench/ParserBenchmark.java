package io.ssyncd.bench;

import io.ssyncd.source.recent.JiffiesWidth;
import io.ssyncd.source.recent.MalformedRow;
import io.ssyncd.source.recent.RecentTableParser;
import io.ssyncd.source.recent.RowHandler;
import io.ssyncd.source.recent.RowView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The parser of xt_recent's text, a new one for each table as in the daemon: rows of a full stock
 * table a second, in the pieces of up to 4 KB that the kernel hands out.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParserBenchmark {
  /** What a table holds where nobody says otherwise. */
  static final int ROWS = 100;

  private static final int PIECE = 4096;

  /** 6 days after boot at 250 Hz. */
  private static final long JIFFIES = 4_424_667_296L;

  /** Stamps of each row. */
  @Param({"1", "8", "20"})
  public int stamps;

  /** Of what kind the addresses are. */
  @Param({"ipv4", "ipv6"})
  public String family = "ipv4";

  private final List<byte[]> pieces = new ArrayList<>();
  private final Sum sum = new Sum();

  /** Prints a table as the kernel does. */
  @Setup
  public void print() {
    StringBuilder piece = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      String row = row(i);
      if (piece.length() + row.length() > PIECE) {
        pieces.add(piece.toString().getBytes(StandardCharsets.US_ASCII));
        piece.setLength(0);
      }
      piece.append(row);
    }
    pieces.add(piece.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private String row(int i) {
    String address =
        family.equals("ipv6")
            ? "2001:0db8:0000:0000:0000:0000:0000:%04x".formatted(i)
            : "203.0.113." + i;
    long last = JIFFIES + i + 250L * (stamps - 1);
    StringBuilder row = new StringBuilder("src=" + address + " ttl: 64 last_seen: " + last);
    row.append(" oldest_pkt: ").append(stamps);
    for (int s = 0; s < stamps; s++) {
      row.append(s == 0 ? " " : ", ").append(JIFFIES + i + 250L * s);
    }
    return row.append('\n').toString();
  }

  /** A whole table. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long parse() {
    RecentTableParser parser = new RecentTableParser("T", JiffiesWidth.BITS_64, sum);
    for (byte[] piece : pieces) {
      parser.feed(piece, 0, piece.length);
    }
    parser.end();
    return sum.seen;
  }

  private static final class Sum implements RowHandler {
    long seen;

    @Override
    public void row(RowView row) {
      seen += row.address().low() + row.lastSeen();
    }

    @Override
    public void malformed(MalformedRow row) {
      throw new IllegalStateException(row.toString());
    }
  }
}
