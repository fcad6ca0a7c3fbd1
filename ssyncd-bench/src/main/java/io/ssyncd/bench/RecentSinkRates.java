package io.ssyncd.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.FencedException;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.sink.recent.RecentEndpoint;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.testkit.TableIntake;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries written a second by the sink, as a promotion writes them: look, plan, write, read back.
 * What is written is one stamp an entry, newer than the row that is there.
 */
public final class RecentSinkRates {
  private static final int TABLES = 100;

  /** Until the JVM has compiled what is measured. */
  private static final int WARM_UP = 20;

  private static final int ROUNDS = 20;

  /** Full rings: the kernel's of 20 stamps has 32 places. */
  private static final int RING = 32;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Logger log = LoggerFactory.getLogger(RecentSinkRates.class);

  private final RecentEndpoint endpoint;
  private final List<String> names;
  private final int rows;
  private TableIntake cluster = new TableIntake();

  private RecentSinkRates(Path directory, List<String> names, int rows) {
    RecentConfig config = RecentConfig.defaults().withProcDir(directory).withTables(names);
    this.endpoint = new RecentEndpoint(new KernelTables(config));
    this.names = names;
    this.rows = rows;
  }

  /** Into 100 tables of this kernel, in a namespace. */
  static void run(ObjectNode out) throws IOException, InterruptedException {
    try (FullTables tables = FullTables.make(TABLES)) {
      RecentSinkRates rates =
          new RecentSinkRates(tables.directory(), tables.names(), FullTables.ROWS);
      out.put("tables", TABLES).put("rowsEach", FullTables.ROWS);
      for (int i = 0; i < WARM_UP; i++) {
        tables.empty();
        Rate unused = rates.write();
        unused = rates.write();
      }
      List<Rate> empty = new ArrayList<>();
      List<Rate> fresh = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        tables.empty();
        empty.add(rates.write());
        fresh.add(rates.write());
      }
      for (int i = 2; i < RING; i++) {
        Rate unused = rates.write();
      }
      List<Rate> full = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        full.add(rates.write());
      }
      Rate.median(empty, out.putObject("intoEmptyTables"));
      Rate.median(fresh, out.putObject("rewritesOfFullTables"));
      Rate.median(full, out.putObject("rewritesOfFullTablesWithFullRings"));
      rates.endpoint.close();
    }
  }

  /**
   * Into one table that is there, of whatever size its kernel allows, by whatever command that
   * understands; prints JSON.
   *
   * @param args the folder of the tables, the table's name, how many entries, how many rounds
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode out = json.createObjectNode();
    int entries = Integer.parseInt(args[2]);
    RecentSinkRates rates = new RecentSinkRates(Path.of(args[0]), List.of(args[1]), entries);
    out.put("entries", entries);
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      ObjectNode round = out.withArray("rounds").addObject();
      Rate rate = rates.write();
      round.put("entriesPerSecond", Math.round(rate.entries()));
      long start = System.nanoTime();
      int read =
          new KernelTables(RecentConfig.defaults().withProcDir(Path.of(args[0])))
              .read(args[1])
              .size();
      round.put("rowsRead", read).put("readMs", (System.nanoTime() - start) / 1_000_000);
    }
    System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(out));
    rates.endpoint.close();
  }

  /** Every entry seen now, and written; how many a second. */
  private Rate write() throws IOException, InterruptedException {
    // Past the tick that the last write stamped, and what counts as the same time.
    TimeUnit.MILLISECONDS.sleep(25);
    cluster = new TableIntake();
    long now = System.currentTimeMillis();
    for (String name : names) {
      List<Mutation> seen = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        byte[] address = ByteBuffer.allocate(4).putInt((10 << 24) + (20 << 16) + i).array();
        seen.add(
            new Mutation.Put(new RecentEntry(new RecentKey(name, Bytes.of(address)), 64, now)));
      }
      seen.forEach(cluster::apply);
    }
    WriteOrder order =
        new WriteOrder(cluster.table(), Set.of(), false, false, WriteOrder.Fence.NONE, true);
    long start = System.nanoTime();
    long cpu = THREADS.getCurrentThreadCpuTime();
    List<ScopeReport> reports;
    try {
      reports = endpoint.sink().write(order);
    } catch (FencedException e) {
      throw new IllegalStateException(e);
    }
    double took = (System.nanoTime() - start) / 1e9;
    double spent = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9;
    long applied = reports.stream().mapToLong(ScopeReport::applied).sum();
    if (applied != (long) rows * names.size()) {
      log.warn("{} of {} entries were written: {}", applied, rows * names.size(), reports.get(0));
    }
    return new Rate(applied / took, applied / spent);
  }

  /**
   * How fast a write was.
   *
   * @param entries a second, by the clock on the wall
   * @param entriesOfACore a second of processor time: the same where nothing else runs
   */
  private record Rate(double entries, double entriesOfACore) {
    static void median(List<Rate> of, ObjectNode out) {
      out.put("entriesPerSecond", median(of.stream().mapToDouble(Rate::entries)));
      out.put("entriesPerProcessorSecond", median(of.stream().mapToDouble(Rate::entriesOfACore)));
    }

    private static long median(DoubleStream rates) {
      double[] sorted = rates.sorted().toArray();
      return Math.round(sorted[sorted.length / 2]);
    }
  }
}
