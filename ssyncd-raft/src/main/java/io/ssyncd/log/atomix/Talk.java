package io.ssyncd.log.atomix;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What members ask each other beside the log, see {@link ReplicatedLog#ask}. Thread-safe. */
final class Talk {
  private static final String SUBJECT = "ssyncd-talk";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Transport transport;

  Talk(Transport transport) {
    this.transport = transport;
  }

  /** Answers from now on. */
  void answer(ReplicatedLog.Questions by) {
    transport.handle(
        SUBJECT,
        (from, question) -> {
          checkSize("a question", question);
          return by.answer(from, question)
              .thenApply(
                  answer -> {
                    checkSize("an answer", answer);
                    return answer;
                  });
        });
  }

  CompletableFuture<byte[]> ask(String member, byte[] question) {
    checkSize("a question", question);
    return transport
        .ask(member, SUBJECT, question, PATIENCE)
        .exceptionallyCompose(error -> CompletableFuture.failedFuture(unavailable(member, error)));
  }

  private static LogUnavailableException unavailable(String member, Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new LogUnavailableException(member + ": " + text, cause);
  }

  private static void checkSize(String what, byte[] bytes) {
    if (bytes.length > ReplicatedLog.MAX_TALK_BYTES) {
      throw new IllegalArgumentException(
          what + " of " + bytes.length + " bytes; the most are " + ReplicatedLog.MAX_TALK_BYTES);
    }
  }
}
