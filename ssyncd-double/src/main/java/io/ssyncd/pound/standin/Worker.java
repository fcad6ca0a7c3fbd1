package io.ssyncd.pound.standin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What lives and dies together in Pound: tables, stream, socket, sweep. */
final class Worker implements Closeable {
  private final Tables tables;
  private final SyncStream stream;
  private final RequestHandler handler;
  private final SyncServer server;
  private final ScheduledThreadPoolExecutor sweeper;

  private Worker(
      Tables tables,
      SyncStream stream,
      RequestHandler handler,
      SyncServer server,
      ScheduledThreadPoolExecutor sweeper) {
    this.tables = tables;
    this.stream = stream;
    this.handler = handler;
    this.server = server;
    this.sweeper = sweeper;
  }

  /**
   * Opens the socket.
   *
   * @param death called with the reason when something kills the worker, at most once
   */
  static Worker open(
      Farm farm,
      Path socket,
      PoundStandIn.Options options,
      SplittableRandom random,
      Consumer<String> death)
      throws IOException {
    SyncStream stream = new SyncStream(farm.name());
    Tables tables = new Tables(farm, stream, options.clock(), random);
    RequestHandler handler = new RequestHandler(tables, stream);
    ScheduledThreadPoolExecutor sweeper = sweeper(farm.name());
    Consumer<String> end =
        reason -> {
          sweeper.shutdownNow();
          death.accept(reason);
        };
    SyncServer server = new SyncServer(socket, stream, handler, end);
    Worker worker = new Worker(tables, stream, handler, server, sweeper);
    long millis = options.sweep().toMillis();
    if (millis > 0) {
      var unused =
          sweeper.scheduleAtFixedRate(worker::expire, millis, millis, TimeUnit.MILLISECONDS);
    }
    return worker;
  }

  /** Begins to accept and receive. */
  void start() {
    server.start();
  }

  private static ScheduledThreadPoolExecutor sweeper(String farm) {
    return new ScheduledThreadPoolExecutor(
        1,
        work -> {
          Thread thread = new Thread(work, "pound-sweep-" + farm);
          thread.setDaemon(true);
          return thread;
        });
  }

  Tables tables() {
    return tables;
  }

  int expire() {
    int gone = 0;
    for (ServiceTable service : tables.all()) {
      gone += service.expire();
    }
    return gone;
  }

  void stall(boolean stalled) {
    server.stall(stalled);
  }

  void stallAfterWrites(long more) {
    server.stallAfterWrites(more);
  }

  PoundStandIn.Stats stats() {
    return new PoundStandIn.Stats(
        stream.connections(),
        stream.listening(),
        stream.deaf(),
        stream.blocked(),
        stream.sent(),
        handler.dumps(),
        handler.writes(),
        handler.dropped(),
        handler.ignored());
  }

  @Override
  public void close() {
    server.close();
    sweeper.shutdownNow();
  }
}
