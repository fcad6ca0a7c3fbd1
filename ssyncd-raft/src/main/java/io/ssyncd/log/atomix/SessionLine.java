package io.ssyncd.log.atomix;

import io.ssyncd.log.LogUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of this member's entries into the log: a queue, one session with the cluster, and never
 * more than one request in flight.
 *
 * <p>The session numbers its commands and the cluster applies each number once, so a command can be
 * sent again after any doubt. The leader's counter of numbers is neither replicated nor
 * synchronised: with two requests in flight, or after a change of leader, it may lag and the next
 * command then waits for ever. Hence the single flight, and a keep-alive, which sets the counter,
 * before anything is sent to a leader that may be a new one.
 *
 * <p>A command whose time is over may still be in a log. Before the next one is sent its session is
 * closed: in the order of the log it is then either applied before its successors or never.
 *
 * <p>All state belongs to one thread, the line's, but for {@link WaitingRoom}.
 */
final class SessionLine {
  private static final Logger log = LoggerFactory.getLogger(SessionLine.class);

  private static final Duration TICK = Duration.ofMillis(25);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** An attempt that is not answered in this time is made again. */
  private static final long ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private final LineRequests requests;
  private final ScheduledExecutorService thread;
  private final BooleanSupplier leaderKnown;
  private final LogCounters counters;
  private final long keepAliveNanos;
  private final WaitingRoom waiting;

  private @Nullable Operation current;
  private long session;
  private long doomed;
  private long done;
  private boolean unsure;
  private boolean inFlight;
  private Step flying = Step.OPEN;
  private long token;
  private long sentAt;
  private long keptAt;
  private long notBefore;

  /** What is in flight. */
  private enum Step {
    OPEN,
    KEEP_ALIVE,
    CLOSE,
    COMMAND
  }

  /**
   * @param requests makes the requests
   * @param thread the line's; shut down by its owner
   * @param leaderKnown whether it is of any use to ask now
   * @param maxWaiting how many operations may wait
   * @param sessionTimeout after how long the cluster forgets the session
   */
  SessionLine(
      LineRequests requests,
      ScheduledExecutorService thread,
      BooleanSupplier leaderKnown,
      LogCounters counters,
      int maxWaiting,
      Duration sessionTimeout) {
    this.requests = requests;
    this.thread = thread;
    this.leaderKnown = leaderKnown;
    this.counters = counters;
    this.waiting = new WaitingRoom(maxWaiting);
    this.keepAliveNanos = sessionTimeout.toNanos() / 5;
  }

  /** Looks after itself from here on. */
  void begin() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Puts an operation into the line. */
  CompletableFuture<Answer.Done> submit(Operation operation) {
    switch (waiting.enter(operation)) {
      case SEATED -> execute(this::pump);
      case FULL -> {
        counters.rejected.increment();
        operation.done.completeExceptionally(
            new RejectedExecutionException(waiting.size() + " proposals wait already"));
      }
      case CLOSED -> fail(operation, String.valueOf(waiting.closed()));
    }
    return operation.done;
  }

  /** Another leader, or none: whatever is in flight with the old one is not waited for. */
  void leaderChanged() {
    execute(
        () -> {
          unsure = true;
          abandonFlight();
          notBefore = 0;
          pump();
        });
  }

  /** Fails what waits and takes nothing more. */
  void close(String why) {
    waiting.close(why).forEach(operation -> fail(operation, why));
    execute(
        () -> {
          token++;
          Operation last = current;
          current = null;
          if (last != null) {
            fail(last, why);
          }
        });
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the line's thread has ended", e);
    }
  }

  private void tick() {
    try {
      long now = System.nanoTime();
      waiting
          .overdue(now)
          .forEach(
              late -> timeOut(late, "no majority answers; what was sent before it still waits"));
      Operation operation = current;
      if (operation != null && operation.overdue(now)) {
        counters.timedOut.increment();
        giveUp(operation, "no answer in time");
      }
      if (inFlight && now - sentAt > ATTEMPT_NANOS) {
        log.debug("no answer in {} ms, trying again", TimeUnit.NANOSECONDS.toMillis(now - sentAt));
        unsure = true;
        abandonFlight();
      }
      pump();
    } catch (RuntimeException e) {
      // An exception would end the ticking for good.
      log.error("in the line's tick", e);
    }
  }

  private void abandonFlight() {
    if (inFlight) {
      inFlight = false;
      token++;
      if (flying == Step.COMMAND && current != null) {
        current.perhapsTaken = true;
      }
    }
  }

  /** Sends the next request, if there is one and none is in flight. */
  private void pump() {
    long now = System.nanoTime();
    if (inFlight || waiting.closed() != null || now - notBefore < 0 && notBefore != 0) {
      return;
    }
    if (!leaderKnown.getAsBoolean()) {
      return;
    }
    if (doomed != 0) {
      send(Step.CLOSE, requests.close(doomed));
    } else if (session == 0) {
      send(Step.OPEN, requests.open());
    } else if (unsure || now - keptAt > keepAliveNanos) {
      send(Step.KEEP_ALIVE, requests.keepAlive(session, done));
    } else {
      sendNext();
    }
  }

  private void sendNext() {
    if (current == null) {
      current = waiting.next();
    }
    Operation operation = current;
    if (operation != null) {
      if (operation.attempts++ > 0) {
        counters.retried.increment();
      }
      send(Step.COMMAND, requests.command(session, done + 1, operation.what, operation.bytes));
    }
  }

  private void send(Step step, CompletableFuture<Answer> answer) {
    long mine = ++token;
    inFlight = true;
    flying = step;
    sentAt = System.nanoTime();
    var unused =
        answer.whenComplete(
            (said, error) -> {
              Answer what = said != null ? said : new Answer.Later(String.valueOf(error), true);
              execute(() -> onAnswer(mine, step, what));
            });
  }

  private void onAnswer(long mine, Step step, Answer answer) {
    if (mine != token) {
      return;
    }
    inFlight = false;
    if (answer instanceof Answer.Done ok) {
      onDone(step, ok);
    } else if (answer instanceof Answer.Later later) {
      log.debug("{}: {}", step, later.why());
      unsure = true;
      notBefore = System.nanoTime() + RETRY_NANOS;
      if (step == Step.COMMAND && later.perhapsTaken() && current != null) {
        current.perhapsTaken = true;
      }
    } else if (answer instanceof Answer.Gone gone) {
      onGone(step, gone);
    } else if (answer instanceof Answer.Broken broken) {
      onBroken(step, broken);
    }
    pump();
  }

  private void onDone(Step step, Answer.Done ok) {
    notBefore = 0;
    switch (step) {
      case OPEN -> {
        session = ok.index();
        done = 0;
        unsure = false;
        keptAt = System.nanoTime();
        counters.sessions.increment();
        log.debug("session {} opened", session);
      }
      case CLOSE -> doomed = 0;
      case KEEP_ALIVE -> {
        unsure = false;
        keptAt = System.nanoTime();
      }
      case COMMAND -> {
        done++;
        Operation operation = current;
        current = null;
        if (operation != null) {
          operation.done.complete(ok);
        }
      }
    }
  }

  private void onGone(Step step, Answer.Gone gone) {
    log.debug("{}: {}", step, gone.why());
    if (step == Step.CLOSE) {
      doomed = 0;
      return;
    }
    session = 0;
    Operation operation = current;
    if (operation != null && operation.perhapsTaken) {
      // An earlier attempt may have been applied before the session ended; a second session would
      // apply it again.
      current = null;
      fail(operation, "the session ended (" + gone.why() + ")");
    }
  }

  private void onBroken(Step step, Answer.Broken broken) {
    log.warn("{}: {}", step, broken.why());
    notBefore = System.nanoTime() + RETRY_NANOS;
    if (step == Step.COMMAND && current != null) {
      giveUp(current, broken.why());
    } else if (session != 0) {
      doomed = session;
      session = 0;
    }
  }

  /** Fails the current operation, and its session if the operation may be in a log. */
  private void giveUp(Operation operation, String why) {
    current = null;
    if (operation.attempts > 0 && session != 0) {
      doomed = session;
      session = 0;
      inFlight = false;
      token++;
    }
    fail(operation, why);
  }

  private void timeOut(Operation operation, String why) {
    counters.timedOut.increment();
    fail(operation, why);
  }

  private static void fail(Operation operation, String why) {
    operation.done.completeExceptionally(
        new LogUnavailableException(
            operation.perhapsTaken || operation.attempts > 0
                ? why + "; the entry may be committed later"
                : why + "; the entry was not sent"));
  }
}
