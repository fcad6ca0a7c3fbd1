package io.ssyncd.source.recent;

import io.ssyncd.node.HostClock;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's tables: what source and sink share of them. Thread-safe.
 *
 * <p>Of names that are no record's scope, of those beyond {@link TableFiles#MAX_TABLES} and of
 * those that no glob of the configuration names nothing is ever seen.
 */
public final class KernelTables {
  private static final long TELLING_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger log = LoggerFactory.getLogger(KernelTables.class);

  private final RecentConfig config;
  private final TableFiles files;
  private final JiffiesClock clock;
  private final HostClock wall;
  private final Globs selection;
  private final Map<String, KernelTable> tables = new ConcurrentHashMap<>();
  private final Map<String, TablePolicy> policies = new ConcurrentHashMap<>();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - TELLING_NANOS);

  /** The tables of the running kernel. */
  public KernelTables(RecentConfig config) {
    this(config, new ProcTables(config.procDir()));
  }

  /** The tables that {@code files} shows. */
  public KernelTables(RecentConfig config, TableFiles files) {
    this(config, files, JiffiesClock.of(config, files, JiffiesWidth.ofThisKernel()));
  }

  /** The tables that {@code files} shows, with a clock of their own. */
  public KernelTables(RecentConfig config, TableFiles files, JiffiesClock clock) {
    this(config, files, clock, HostClock.system());
  }

  /**
   * The tables that {@code files} shows, with clocks of their own.
   *
   * @param wall says whose time is over, where a policy states how long an entry counts
   */
  public KernelTables(RecentConfig config, TableFiles files, JiffiesClock clock, HostClock wall) {
    this.config = config;
    this.files = files;
    this.clock = clock;
    this.wall = wall;
    this.selection = new Globs(config.tables());
  }

  /** How the tables are read and written. */
  public RecentConfig config() {
    return config;
  }

  /** Where the tables are. */
  public TableFiles files() {
    return files;
  }

  /** What translates their stamps. */
  public JiffiesClock clock() {
    return clock;
  }

  /** Now, in wall-clock milliseconds since 1970, as policies count time. */
  public long nowMs() {
    return wall.millis();
  }

  /**
   * Entries that count for so long and were last seen at this time or before have had their time,
   * in wall-clock milliseconds; {@link Long#MIN_VALUE}, for none, where they may only look so,
   * because the clock was set forward.
   */
  public long overUntil(Duration life) {
    long now = wall.millis();
    return wall.wasSetForwardWithin(life.toMillis()) ? Long.MIN_VALUE : now - life.toMillis();
  }

  /** What the kernel says of the module; read anew at every call. */
  public XtRecentModule module() {
    return XtRecentModule.read(config.moduleDir());
  }

  /** Whether the table is one that the cluster keeps. */
  public boolean selects(String table) {
    return selection.match(table) && !config.scratchTable().equals(java.util.Optional.of(table));
  }

  /**
   * The names of all tables that are there and kept in the cluster, in order.
   *
   * @throws IOException if there is no folder of tables
   */
  public List<String> names() throws IOException {
    return files.names().stream().filter(this::selects).toList();
  }

  /** What is known of a table's rules; looked up once, for it is asked for each entry. */
  public TablePolicy policy(String table) {
    return policies.computeIfAbsent(table, config::policy);
  }

  /** What is known of a table; made at the first call. */
  public KernelTable table(String name) {
    return tables.computeIfAbsent(name, KernelTable::new);
  }

  /** All tables that something is known of; a copy. */
  public List<KernelTable> known() {
    return List.copyOf(tables.values());
  }

  /** Rows that could not be read, since the start of this process. */
  public long malformed() {
    return malformed.get();
  }

  /**
   * Reads a table row by row.
   *
   * @return how many rows could not be read; all are counted and handed over, and one a minute is
   *     logged
   * @throws java.nio.file.NoSuchFileException if no rule names the table
   */
  public int read(String table, RowHandler handler) throws IOException {
    return read(table, handler, () -> {});
  }

  /**
   * The same, for who has more to do than to read a long table.
   *
   * @param between called after each piece of the table, when the kernel's lock is free
   */
  int read(String table, RowHandler handler, Runnable between) throws IOException {
    Counting counting = new Counting(handler);
    RecentTableParser parser = new RecentTableParser(table, clock.width(), counting);
    files.read(
        table,
        (bytes, from, count) -> {
          parser.feed(bytes, from, count);
          between.run();
        });
    parser.end();
    malformed.addAndGet(counting.malformed);
    return counting.malformed;
  }

  /** Reads a table as a whole. Malformed rows are logged, counted and left out. */
  public Map<RecentAddress, RecentRow> read(String table) throws IOException {
    Map<RecentAddress, RecentRow> rows = new HashMap<>();
    read(
        table,
        new RowHandler() {
          @Override
          public void row(RowView row) {
            rows.put(row.address(), row.toRow());
          }

          @Override
          public void malformed(MalformedRow row) {
            // Counted and logged by the reader; there is nothing to keep.
          }
        });
    return rows;
  }

  /** A row of nonsense stays, and is read many times a second. */
  boolean mayTell(long now) {
    long last = toldAt.get();
    return now - last >= TELLING_NANOS && toldAt.compareAndSet(last, now);
  }

  private final class Counting implements RowHandler {
    private final RowHandler handler;
    int malformed;

    Counting(RowHandler handler) {
      this.handler = handler;
    }

    @Override
    public void row(RowView row) {
      handler.row(row);
    }

    @Override
    public void malformed(MalformedRow row) {
      if (malformed++ == 0 && mayTell(System.nanoTime())) {
        log.warn("a row of xt_recent cannot be read: {}", row);
      }
      handler.malformed(row);
    }
  }
}
