package io.ssyncd.node.diff;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Compares the tables of two members, and answers those that do. Thread-safe. */
public final class TableDiffs implements AutoCloseable {
  /** The most differing records that one comparison names. */
  public static final int MAX_RECORDS = 10_000;

  private static final int MAX_WAITING = 16;
  private static final int ANSWER_SECONDS = 10;

  private final ReplicatedLog raft;
  private final String self;
  private final FrozenTables tables;
  private final Answers answers;
  private final ThreadPoolExecutor thread;

  /**
   * Of a member; answers nobody before {@link #begin}.
   *
   * @param self its name
   */
  public TableDiffs(ReplicatedLog raft, SessionTable table, String self) {
    this.raft = raft;
    this.self = self;
    this.tables = new FrozenTables(table);
    this.answers = new Answers(tables);
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread made = new Thread(task, "ssyncd-diff-" + self);
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Answers from now on. */
  public void begin() {
    raft.answer((from, question) -> answer(question));
  }

  /** What has to hear of every entry, from the first on. */
  public TableListener listener() {
    return tables;
  }

  /** Lets tables go that nobody asks for any more; to be called now and then. */
  public void tick() {
    tables.dropOld();
  }

  private CompletableFuture<byte[]> answer(byte[] bytes) {
    CompletableFuture<byte[]> done = new CompletableFuture<>();
    try {
      Question question = Question.decode(bytes);
      thread.execute(
          () -> {
            try {
              done.complete(answers.answer(question));
            } catch (Exception | Error e) {
              done.completeExceptionally(e);
            }
          });
    } catch (IllegalArgumentException e) {
      done.completeExceptionally(e);
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(
          new RejectedExecutionException(MAX_WAITING + " questions wait already"));
    }
    return done;
  }

  /**
   * Compares; blocks.
   *
   * @param first a member's name
   * @param second another one's
   * @param most how many differing records are wanted, up to {@value #MAX_RECORDS}
   * @throws IllegalArgumentException if these are not two members
   * @throws LogUnavailableException if no mark can be committed, or one of them does not answer
   */
  public TableDiff compare(String first, String second, int most)
      throws LogUnavailableException, InterruptedException {
    if (first.equals(second)) {
      throw new IllegalArgumentException("two members are compared, not " + first + " with itself");
    }
    for (String member : new String[] {first, second}) {
      if (raft.members().stream().noneMatch(known -> known.name().equals(member))) {
        throw new IllegalArgumentException("there is no member " + member);
      }
    }
    if (most < 1 || most > MAX_RECORDS) {
      throw new IllegalArgumentException("1 to " + MAX_RECORDS + " records, not " + most);
    }
    UUID request = UUID.randomUUID();
    Comparison comparison = new Comparison(request, first, second, most, this::ask);
    try {
      comparison.prepare();
      mark(request);
      return comparison.compare();
    } finally {
      comparison.done();
    }
  }

  private void mark(UUID request) throws LogUnavailableException, InterruptedException {
    CompletableFuture<?> mark;
    try {
      mark = raft.propose(EntryCodec.encode(new Entry.Mark(request)));
    } catch (RuntimeException e) {
      mark = CompletableFuture.failedFuture(e);
    }
    Object unused = await(mark, "no mark in the log");
  }

  private byte[] ask(String member, Question question)
      throws LogUnavailableException, InterruptedException {
    return await(
        member.equals(self) ? answer(question.encode()) : raft.ask(member, question.encode()),
        member + " does not answer");
  }

  private static <T> T await(CompletableFuture<T> answer, String why)
      throws LogUnavailableException, InterruptedException {
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new LogUnavailableException(why + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new LogUnavailableException(why + " within " + ANSWER_SECONDS + " s", e);
    }
  }

  /** Answers no more. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
