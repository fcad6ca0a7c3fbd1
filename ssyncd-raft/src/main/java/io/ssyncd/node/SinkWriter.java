package io.ssyncd.node;

import io.ssyncd.session.Kind;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the sinks of a reign: kind after kind, those of one kind side by side, each with a
 * deadline. One that fails does not hold the others; it is tried again until the reign ends. Its
 * methods are called by the node's thread, and so are its callbacks.
 */
final class SinkWriter {
  private static final long FIRST_RETRY_MS = 500;
  private static final long MOST_RETRY_MS = 10_000;

  private static final Logger log = LoggerFactory.getLogger(SinkWriter.class);

  private final Reign reign;
  private final TableView table;
  private final Duration deadline;
  private final ScheduledExecutorService node;
  private final ExecutorService writers;
  private final BiConsumer<Reign, LocalEnd> verified;
  private final Map<LocalEnd, Backoff> backoffs = new HashMap<>();

  SinkWriter(
      Reign reign,
      TableView table,
      Duration deadline,
      ScheduledExecutorService node,
      ExecutorService writers,
      BiConsumer<Reign, LocalEnd> verified) {
    this.reign = reign;
    this.table = table;
    this.deadline = deadline;
    this.node = node;
    this.writers = writers;
    this.verified = verified;
  }

  /** Writes the ends of these kinds, in this order; {@code done} when each was tried once. */
  void writeAll(List<Kind> kinds, LocalEnds ends, Runnable done) {
    if (!reign.holds()) {
      return;
    }
    if (kinds.isEmpty()) {
      done.run();
      return;
    }
    List<Kind> rest = kinds.subList(1, kinds.size());
    Collection<LocalEnd> now = ends.of(kinds.get(0)).stream().filter(LocalEnd::started).toList();
    if (now.isEmpty()) {
      writeAll(rest, ends, done);
      return;
    }
    int[] left = {now.size()};
    for (LocalEnd end : now) {
      write(
          end,
          () -> {
            if (--left[0] == 0) {
              writeAll(rest, ends, done);
            }
          });
    }
  }

  /** Writes one end, and again until it is in place; {@code tried} after the first time. */
  void write(LocalEnd end, Runnable tried) {
    if (!reign.holds()) {
      return;
    }
    WriteOrder order = new WriteOrder(table, Set.of(), false, true, reign::holds);
    Future<?> task = writers.submit(() -> writeNow(end, order, tried));
    ScheduledFuture<?> unused =
        node.schedule(() -> task.cancel(true), deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void writeNow(LocalEnd end, WriteOrder order, Runnable tried) {
    boolean inPlace = false;
    try {
      List<ScopeReport> reports = end.write(order);
      inPlace = reports.stream().allMatch(report -> report.mismatched() == 0);
      log.info("{} written at index {}: {}", end.feed(), table.appliedIndex(), summary(reports));
    } catch (IOException e) {
      log.warn("{} was not written: {}", end.feed(), e.getMessage());
    } catch (FencedException e) {
      log.info("{}: leadership was lost while it was written: {}", end.feed(), e.getMessage());
    } catch (InterruptedException e) {
      log.warn("{} was not written within {} ms", end.feed(), deadline.toMillis());
    } catch (RuntimeException e) {
      log.error("{} was not written, by a bug", end.feed(), e);
    }
    boolean done = inPlace;
    node.execute(() -> written(end, done, tried));
  }

  private void written(LocalEnd end, boolean inPlace, Runnable tried) {
    if (!reign.holds()) {
      return;
    }
    Backoff backoff =
        backoffs.computeIfAbsent(end, unused -> new Backoff(FIRST_RETRY_MS, MOST_RETRY_MS));
    if (inPlace) {
      backoff.reset();
      end.verified(true);
      verified.accept(reign, end);
    } else {
      ScheduledFuture<?> unused =
          node.schedule(() -> write(end, () -> {}), backoff.nextMs(), TimeUnit.MILLISECONDS);
    }
    tried.run();
  }

  private static String summary(List<ScopeReport> reports) {
    long applied = reports.stream().mapToLong(ScopeReport::applied).sum();
    long unchanged = reports.stream().mapToLong(ScopeReport::unchanged).sum();
    long refused = reports.stream().mapToLong(ScopeReport::refused).sum();
    long mismatched = reports.stream().mapToLong(ScopeReport::mismatched).sum();
    return applied
        + " applied, "
        + unchanged
        + " unchanged, "
        + refused
        + " refused, "
        + mismatched
        + " mismatched";
  }
}
