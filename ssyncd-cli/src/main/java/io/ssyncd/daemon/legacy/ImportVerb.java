package io.ssyncd.daemon.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Reply;
import io.ssyncd.daemon.control.Verb;
import io.ssyncd.daemon.control.Wish;
import io.ssyncd.daemon.settings.HostPort;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.RecordImport;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import io.ssyncd.source.pair.ImportOptions;
import io.ssyncd.source.pair.ImportOverException;
import io.ssyncd.source.pair.ImportReport;
import io.ssyncd.source.pair.ImportRun;
import io.ssyncd.source.pair.ImportRun.End;
import io.ssyncd.source.pair.ImportRun.Until;
import io.ssyncd.source.pair.MasterAbsentException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code import}: takes over from an old master while its client listens; an item a second says how
 * it goes. One at a time. When the client has enough, or leaves, it ends, and what was taken stays.
 */
final class ImportVerb implements Verb {
  /** Rates of Linux; no other kernel has these tables. */
  private static final int LEAST_HZ = 24;

  private static final int MOST_HZ = 10_000;
  private static final Duration LONGEST = Duration.ofDays(30);

  /** One whose client has left ends with its next item, a second later at most, and its commit. */
  private static final Duration LEAVING = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(ImportVerb.class);

  private final SyncNode node;
  private final Supplier<ImportOptions> options;
  private final Semaphore one = new Semaphore(1);
  private volatile @Nullable ImportRun running;
  private volatile @Nullable ImportReport last;

  ImportVerb(SyncNode node, Supplier<ImportOptions> options) {
    this.node = node;
    this.options = options;
  }

  /** How the import stands that runs; empty if none does. */
  Optional<ImportReport> now() {
    return Optional.ofNullable(running).map(ImportRun::report);
  }

  /** The same, or how the last one ended. */
  Optional<ImportReport> latest() {
    return now().or(() -> Optional.ofNullable(last));
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    String text = request.path("master").asText();
    HostPort master =
        HostPort.parse(text, 1)
            .orElseThrow(() -> new IllegalArgumentException("the old master " + HostPort.EXPECTED));
    Until until = until(request);
    ImportOptions how = options.get();
    int hz = request.path("hz").asInt(how.jiffiesPerSecond());
    if (hz < LEAST_HZ || hz > MOST_HZ) {
      throw new IllegalArgumentException("hz is " + LEAST_HZ + " to " + MOST_HZ + ", not " + hz);
    }
    try (RecordImport into = Wish.granted(node.beginImport("import " + text))) {
      ImportRun run =
          new ImportRun(
              InetSocketAddress.createUnresolved(master.host(), master.port()),
              text,
              into,
              how.withJiffiesPerSecond(hz),
              until);
      if (!one.tryAcquire(LEAVING.toMillis(), TimeUnit.MILLISECONDS)) {
        reply.error(
            Exit.TRY_AGAIN,
            "an import runs already: from "
                + latest().map(ImportReport::master).orElse("another master"));
        return;
      }
      running = run;
      run(run, reply);
    }
  }

  private void run(ImportRun run, Reply reply) throws IOException, InterruptedException {
    try {
      ImportReport report = runToItsEnd(run, reply);
      log.info("import from {} is done", report.master());
      reply.result(ImportJson.exit(report), ImportJson.of(report));
    } catch (ImportOverException | MasterAbsentException e) {
      reply.error(Exit.TRY_AGAIN, String.valueOf(e.getMessage()));
    } catch (IOException gone) {
      ImportReport report = run.report();
      log.info("import from {} ends, for its client has left: {}", report.master(), report);
      throw gone;
    }
  }

  /** Who is told of the end may begin the next one: by then this one is over. */
  private ImportReport runToItsEnd(ImportRun run, Reply reply)
      throws IOException, InterruptedException, ImportOverException, MasterAbsentException {
    try {
      return run.run(new Listening(reply));
    } finally {
      last = run.report();
      running = null;
      one.release();
    }
  }

  /** The client that asked for an import. */
  private record Listening(Reply reply) implements ImportRun.Progress {
    @Override
    public void at(ImportReport so) throws IOException {
      reply.item(ImportJson.of(so));
      reply.flush();
    }

    @Override
    public boolean isEnough() throws IOException {
      return reply.isEnough();
    }
  }

  private static Until until(ObjectNode request) {
    if (request.path("follow").asBoolean()) {
      return new Until(End.NEVER, Duration.ZERO);
    }
    if (!request.hasNonNull("forMs")) {
      return new Until(End.DUMP, Duration.ZERO);
    }
    long millis = request.path("forMs").asLong();
    if (millis < 1 || millis > LONGEST.toMillis()) {
      throw new IllegalArgumentException("an import is for 1 ms to " + LONGEST.toDays() + " days");
    }
    return new Until(End.TIME, Duration.ofMillis(millis));
  }
}
