package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Brings a wish to change the members to the leader, and back what became of it. A leader that
 * shall go hands leadership on first. As bytes: {@code force u8 | change}, see {@link
 * RosterChange}.
 */
final class Wishes {
  private static final String SUBJECT = "ssyncd-members";
  private static final Duration COMMIT = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(9);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration AGAIN = Duration.ofMillis(100);

  private final LogConfig config;
  private final Member member;
  private final Transport transport;

  Wishes(LogConfig config, Member member, Transport transport) {
    this.config = config;
    this.member = member;
    this.transport = transport;
  }

  /** Answers the wishes of others from now on. */
  void start() {
    transport.handle(
        SUBJECT,
        (from, bytes) -> {
          if (bytes.length < 2) {
            throw new IllegalArgumentException("a wish of " + bytes.length + " bytes");
          }
          RosterChange change = RosterChange.decode(Arrays.copyOfRange(bytes, 1, bytes.length));
          return decide(change, bytes[0] != 0).thenApply(Verdict::encode);
        });
  }

  void stop() {
    transport.unhandle(SUBJECT);
  }

  /** Done when it is committed; see {@link io.ssyncd.log.ReplicatedLog#addMember}. */
  CompletableFuture<Void> wish(RosterChange change, boolean force) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Asked asked =
        new Asked(change, force, System.nanoTime() + PATIENCE.toNanos(), new AtomicBoolean(), done);
    ask(asked, "no leader is known");
    return done;
  }

  private record Asked(
      RosterChange change,
      boolean force,
      long until,
      AtomicBoolean doubtful,
      CompletableFuture<Void> done) {}

  private void ask(Asked asked, String lastWord) {
    if (asked.doubtful().get()
        && asked.change() instanceof RosterChange.Remove remove
        && remove.name().equals(config.member())
        && member.outside() != null) {
      // The leader took this member out and did not wait for its answer to arrive.
      asked.done().complete(null);
      return;
    }
    if (System.nanoTime() - asked.until() >= 0 || member.hasEnded()) {
      asked.done().completeExceptionally(new LogUnavailableException(lastWord));
      return;
    }
    String leader = member.embedding.view().leader();
    CompletableFuture<Verdict> answer;
    if (leader == null) {
      answer =
          CompletableFuture.completedFuture(
              Verdict.elsewhere("no majority is in reach: the members cannot be changed"));
    } else if (asked.change() instanceof RosterChange.Remove remove
        && remove.name().equals(leader)) {
      answer = handOver(leader);
    } else if (leader.equals(config.member())) {
      answer = decide(asked.change(), asked.force());
    } else {
      byte[] change = asked.change().encode();
      byte[] bytes = new byte[1 + change.length];
      bytes[0] = (byte) (asked.force() ? 1 : 0);
      System.arraycopy(change, 0, bytes, 1, change.length);
      answer = transport.ask(leader, SUBJECT, bytes, PATIENCE).thenApply(Verdict::decode);
    }
    var unused = answer.whenComplete((verdict, error) -> answered(asked, verdict, error));
  }

  private static String reason(@Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String message = cause == null ? null : cause.getMessage();
    return message == null ? String.valueOf(cause) : message;
  }

  private void answered(Asked asked, @Nullable Verdict verdict, @Nullable Throwable error) {
    if (verdict == null) {
      asked.doubtful().set(true);
      again(asked, "the leader did not answer: " + reason(error));
      return;
    }
    if (verdict.code() == Verdict.Code.REFUSED
        && asked.doubtful().get()
        && asked.change() instanceof RosterChange.Remove remove
        && !member.isKnown(remove.name())) {
      // The leader that did not answer had done it.
      asked.done().complete(null);
      return;
    }
    switch (verdict.code()) {
      case DONE -> asked.done().complete(null);
      case REFUSED ->
          asked.done().completeExceptionally(new IllegalArgumentException(verdict.text()));
      case UNAVAILABLE ->
          asked.done().completeExceptionally(new LogUnavailableException(verdict.text()));
      case ELSEWHERE -> again(asked, verdict.text());
    }
  }

  private void again(Asked asked, String lastWord) {
    if (member.peersThread.isShutdown()) {
      asked.done().completeExceptionally(new LogUnavailableException(lastWord));
      return;
    }
    var unused =
        member.peersThread.schedule(
            () -> ask(asked, lastWord), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<Verdict> handOver(String leader) {
    Succession succession = new Succession(config, member);
    String heir = succession.heirs(leader).stream().findFirst().orElse(null);
    if (heir == null) {
      return CompletableFuture.completedFuture(
          member.members().size() == 1
              ? Verdict.refused(leader + " is the last voter: without it there is no cluster")
              : Verdict.unavailable(
                  leader + " leads, and no other voter is in reach to lead instead"));
    }
    return succession
        .to(heir, Duration.ofSeconds(5))
        .thenApply(done -> Verdict.elsewhere(heir + " leads now"));
  }

  /** The leader's part. */
  private CompletableFuture<Verdict> decide(RosterChange change, boolean force) {
    return member
        .embedding
        .onServer(() -> member.embedding.changes().objection(change, force))
        .thenCompose(
            objection -> {
              if (objection.isPresent()) {
                return CompletableFuture.completedFuture(objection.get());
              }
              return member.embedding.propose(change).thenCompose(done -> settled(change));
            })
        .exceptionally(error -> Verdict.unavailable("not known to be committed: " + error));
  }

  private CompletableFuture<Verdict> settled(RosterChange change) {
    CompletableFuture<Verdict> settled = new CompletableFuture<>();
    settle(change, System.nanoTime() + COMMIT.toNanos(), settled);
    return settled;
  }

  private void settle(RosterChange change, long until, CompletableFuture<Verdict> settled) {
    var unused =
        member
            .embedding
            .onServer(() -> member.embedding.changes().isDone(change) ? Verdict.DONE : null)
            .whenComplete(
                (done, error) -> {
                  if (done != null && done.isPresent()) {
                    settled.complete(done.get());
                  } else if (System.nanoTime() - until >= 0 || member.peersThread.isShutdown()) {
                    settled.complete(
                        Verdict.unavailable(
                            "it is decided, but not yet in effect; the leader goes on with it"));
                  } else {
                    var unusedTimer =
                        member.peersThread.schedule(
                            () -> settle(change, until, settled),
                            POLL.toMillis(),
                            TimeUnit.MILLISECONDS);
                  }
                });
  }
}
