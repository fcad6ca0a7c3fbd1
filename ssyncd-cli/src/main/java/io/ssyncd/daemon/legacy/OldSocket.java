package io.ssyncd.daemon.legacy;

import io.ssyncd.daemon.control.Requests;
import io.ssyncd.log.RepeatedFailure;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The old tool's control socket: one request a connection, its answer, and the end. Served while
 * nothing else is in its place; tried again until then. Thread-safe.
 */
final class OldSocket implements AutoCloseable {
  /** How many clients may be connected. */
  static final int MAX_CONNECTIONS = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
  private static final byte[] MALFORMED = "Command error".getBytes(StandardCharsets.UTF_8);
  private static final Logger log = LoggerFactory.getLogger(OldSocket.class);

  private final Path path;
  private final OldAnswers answers;
  private final Duration patience;

  /** When each client was taken, or began to be answered. */
  private final Map<SocketChannel, Long> open = new ConcurrentHashMap<>();

  private final RepeatedFailure complaints = new RepeatedFailure();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> daemonThread(task, "old-control"));
  private @Nullable OldSocketFile file;
  private volatile String problem = "";

  OldSocket(Path path, Requests verbs) {
    this(path, verbs, PATIENCE);
  }

  OldSocket(Path path, Requests verbs, Duration patience) {
    this.path = path;
    this.answers = new OldAnswers(verbs);
    this.patience = patience;
  }

  /** Begins to serve, as soon as its place is free. */
  OldSocket begin() {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** How many requests were none. */
  long malformed() {
    return malformed.get();
  }

  /** How many clients found no room. */
  long refused() {
    return refused.get();
  }

  List<Warning> warnings() {
    return problem.isEmpty()
        ? List.of()
        : List.of(new Warning("legacy-socket", "control.legacy-socket: " + problem));
  }

  private synchronized void look() {
    try {
      cutOff();
      OldSocketFile now = file;
      if (now != null && !now.isThere()) {
        now.close();
        file = null;
        log.warn("the old tool's socket {} was gone", path);
      }
      if (file == null && !thread.isShutdown()) {
        OldSocketFile made = OldSocketFile.listen(path);
        file = made;
        problem = "";
        daemonThread(() -> accept(made), "old-control-accept").start();
        log.info("the old tool is answered at {}", path);
      }
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(problem)) {
        problem = why;
        log.warn("the old tool is not answered, tried again: {}", why);
      }
    } catch (RuntimeException e) {
      log.error("the old tool's socket is not looked after, by a bug", e);
    }
  }

  private void cutOff() {
    open.forEach(
        (client, since) -> {
          if (System.nanoTime() - since > patience.toNanos()) {
            log.info("an old tool is cut off: nothing came or went for {}", patience);
            close(client);
          }
        });
  }

  private void accept(OldSocketFile from) {
    while (true) {
      try {
        SocketChannel client = from.channel().accept();
        if (open.size() >= MAX_CONNECTIONS) {
          refused.incrementAndGet();
          close(client);
          continue;
        }
        open.put(client, System.nanoTime());
        daemonThread(() -> serve(client), "old-control-client").start();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Without descriptors it fails at once, and goes on failing.
        long failures = complaints.toSay(System.nanoTime());
        if (failures > 0) {
          log.warn("an old tool could not be answered, {} times: {}", failures, e.toString());
        }
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      }
    }
  }

  private void serve(SocketChannel client) {
    try {
      Optional<OldRequest> request = request(client);
      if (request.isEmpty()) {
        return;
      }
      // A verb takes as long as it takes: only the client is hurried.
      open.replace(client, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
      try (OldAnswers.Answer answer = answers.answer(request.get())) {
        send(client, answer.bytes());
      }
    } catch (IOException e) {
      log.debug("an old tool is gone: {}", e.toString());
    } catch (RuntimeException e) {
      log.error("a request of an old tool failed by a bug", e);
    } finally {
      close(client);
    }
  }

  private void send(SocketChannel client, byte[] answer) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(answer);
    while (out.hasRemaining()) {
      open.replace(client, System.nanoTime());
      client.write(out);
    }
  }

  /** Reads the request; empty if there is none. What is malformed has its answer by then. */
  private Optional<OldRequest> request(SocketChannel client) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(OldRequest.MAX_BYTES);
    int length = 0;
    while (length == 0 || length > in.position()) {
      if (client.read(in) < 0) {
        if (in.position() == 0) {
          return Optional.empty();
        }
        length = -1;
      } else {
        length = OldRequest.length(in.array(), in.position());
      }
      if (length < 0) {
        return malformed(client);
      }
    }
    Optional<OldRequest> request = OldRequest.read(in.array(), length);
    return request.isPresent() ? request : malformed(client);
  }

  private Optional<OldRequest> malformed(SocketChannel client) throws IOException {
    malformed.incrementAndGet();
    send(client, MALFORMED);
    return Optional.empty();
  }

  private void close(SocketChannel client) {
    open.remove(client);
    try {
      client.close();
    } catch (IOException e) {
      log.debug("closing an old tool's connection: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    thread.shutdownNow();
    OldSocketFile now = file;
    file = null;
    try {
      if (now != null) {
        now.close();
      }
    } catch (IOException e) {
      log.warn("the old tool's socket {} could not be removed: {}", path, e.toString());
    }
    open.keySet().forEach(this::close);
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread made = new Thread(task, name);
    made.setDaemon(true);
    return made;
  }
}
