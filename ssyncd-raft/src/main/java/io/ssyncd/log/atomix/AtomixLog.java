package io.ssyncd.log.atomix;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogCursor;
import io.ssyncd.log.LogFigures;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LogWarning;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.net.Reach;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replicated log on Atomix Raft 3.1.12. What Atomix does not keep by itself is guarded by the
 * small classes beside this one; each names what it guards against.
 */
public final class AtomixLog implements ReplicatedLog {
  private static final Duration HAND_OVER = Duration.ofSeconds(2);
  private static final Duration TRANSFER = Duration.ofSeconds(5);

  private final LogConfig config;
  private final AtomixTuning tuning;
  private final Reach reach;
  private final Syncer.@Nullable Disk disk;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile @Nullable Member started;
  private volatile byte[] notice = new byte[0];
  private volatile Comparator<LogMember> merit = Succession.BY_NAME;
  private volatile @Nullable Questions questions;

  /** With the default tuning. */
  public AtomixLog(LogConfig config) {
    this(config, AtomixTuning.defaults());
  }

  /** With a tuning of one's own. */
  public AtomixLog(LogConfig config, AtomixTuning tuning) {
    this(config, tuning, Reach.ALL, disk(config));
  }

  /** With a network and a disk that a test bends. */
  AtomixLog(LogConfig config, AtomixTuning tuning, Reach reach, Syncer.@Nullable Disk disk) {
    this.config = config;
    this.tuning = tuning;
    this.reach = reach;
    this.disk = disk;
  }

  private static Syncer.@Nullable Disk disk(LogConfig config) {
    return config.durability() == Durability.FSYNC
        ? new SegmentDisk(config.directory(), LogFiles.PREFIX)
        : null;
  }

  @Override
  public int maxEntryBytes() {
    return LogFiles.MAX_ENTRY_BYTES - LogFiles.ENVELOPE_BYTES;
  }

  @Override
  public void start(StateMachine machine, LogListener listener) throws LogRefusedException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a log is started once");
    }
    Member member = new MemberStart(config, tuning, reach, disk).open(machine, listener);
    member.peers.publish(notice);
    member.preferHeirs(merit);
    started = member;
    Questions answers = questions;
    if (answers != null) {
      member.talk.answer(answers);
    }
    try {
      member.begin();
    } catch (RuntimeException | TimeoutException e) {
      member.end("it did not start", true);
      throw new LogRefusedException("the log in " + config.directory() + " did not start: " + e, e);
    }
  }

  /**
   * The members that a log in this directory knows of; empty if it knows of none.
   *
   * @throws UncheckedIOException if the file cannot be read or is damaged; says the way out
   */
  public static SortedMap<String, LogConfig.MemberAddress> knownMembers(Path directory) {
    byte[] kept = new SmallFile(directory, "members", Roster.MAX_BYTES).read();
    return kept == null ? new TreeMap<>() : Roster.decode(kept).members();
  }

  @Override
  public CompletableFuture<Committed> propose(byte[] entry) {
    if (entry.length > maxEntryBytes()) {
      Member refuses = started;
      if (refuses != null) {
        refuses.counters.tooLarge.increment();
      }
      throw new IllegalArgumentException(
          "an entry of " + entry.length + " bytes; the most are " + maxEntryBytes());
    }
    Member member = started;
    if (member == null) {
      return notRunning();
    }
    return member
        .line
        .submit(Operation.proposal(entry, tuning.proposalTimeout()))
        .thenApply(done -> new Committed(done.index(), Outcome.ofCode(done.result()[0] & 0xff)));
  }

  @Override
  public CompletableFuture<Long> barrier() {
    Member member = started;
    if (member == null) {
      return notRunning();
    }
    // Not a linearizable query of Atomix: a new leader answers those before it has applied what its
    // predecessor committed.
    return member
        .line
        .submit(Operation.barrier(tuning.proposalTimeout()))
        .thenCompose(
            done ->
                member
                    .applied
                    .when(ByteBuffer.wrap(done.result()).getLong())
                    .orTimeout(tuning.proposalTimeout().toMillis(), TimeUnit.MILLISECONDS))
        .exceptionallyCompose(error -> CompletableFuture.failedFuture(unavailable(error)));
  }

  private static LogUnavailableException unavailable(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof LogUnavailableException known
        ? known
        : new LogUnavailableException("this member is too far behind for a barrier", cause);
  }

  @Override
  public long fileBytes() {
    return tuning.segmentBytes();
  }

  @Override
  public CompletableFuture<Void> snapshot() {
    Member member = started;
    if (member == null || member.hasEnded()) {
      return notRunning();
    }
    return member.embedding.snapshot(
        () -> {
          // A snapshot counts once the next entry has been applied: a barrier is one.
          var unused = barrier();
        });
  }

  @Override
  public CompletableFuture<Void> transfer(String heir) {
    Member member = started;
    if (member == null || member.hasEnded()) {
      return notRunning();
    }
    if (!member.isKnown(heir)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no member " + heir));
    }
    return new Succession(config, member).to(heir, TRANSFER);
  }

  @Override
  public CompletableFuture<Void> addMember(String name, LogConfig.MemberAddress address) {
    return change(() -> new RosterChange.Put(name, address), false);
  }

  @Override
  public CompletableFuture<Void> removeMember(String name, boolean force) {
    return change(() -> new RosterChange.Remove(name), force);
  }

  private CompletableFuture<Void> change(Supplier<RosterChange> change, boolean force) {
    Member member = started;
    if (member == null || member.hasEnded()) {
      return notRunning();
    }
    try {
      byte[] checked = change.get().encode();
      return member.change(RosterChange.decode(checked), force);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public LogCursor read() {
    Member member = started;
    return new LogReading(
        member == null || member.hasEnded() ? null : member.embedding, tuning.proposalTimeout());
  }

  @Override
  public @Nullable String outside() {
    Member member = started;
    return member == null || member.hasEnded() ? null : member.outside();
  }

  @Override
  public LogStatus status() {
    Member member = started;
    return member == null ? new LogStatus(Role.INACTIVE, null, 0, 0, 0, false) : member.status();
  }

  @Override
  public List<LogMember> members() {
    Member member = started;
    if (member != null) {
      return member.members();
    }
    return config.members().entrySet().stream()
        .map(
            each ->
                new LogMember(
                    each.getKey(),
                    each.getValue().text(),
                    each.getValue().witness(),
                    true,
                    each.getKey().equals(config.member()) ? Role.INACTIVE : Role.FOLLOWER,
                    each.getKey().equals(config.member()),
                    null,
                    null))
        .toList();
  }

  @Override
  public LogFigures figures() {
    return new LogFiles(config).figures();
  }

  @Override
  public Map<String, Long> counters() {
    Member member = started;
    return member == null ? Map.of() : member.counters();
  }

  @Override
  public List<LogWarning> warnings() {
    Member member = started;
    return member == null ? List.of() : member.warnings();
  }

  @Override
  public void publish(byte[] newNotice) {
    if (newNotice.length > MAX_NOTICE_BYTES) {
      throw new IllegalArgumentException(
          "a notice of " + newNotice.length + " bytes; the most are " + MAX_NOTICE_BYTES);
    }
    notice = newNotice.clone();
    Member member = started;
    if (member != null) {
      member.peers.publish(newNotice);
    }
  }

  @Override
  public void preferHeirs(Comparator<LogMember> newMerit) {
    merit = newMerit;
    Member member = started;
    if (member != null) {
      member.preferHeirs(newMerit);
    }
  }

  @Override
  public CompletableFuture<byte[]> ask(String other, byte[] question) {
    Member member = started;
    if (member == null || member.hasEnded()) {
      return notRunning();
    }
    if (other.equals(config.member()) || !member.isKnown(other)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no other member " + other));
    }
    return member.talk.ask(other, question);
  }

  @Override
  public void answer(Questions by) {
    questions = by;
    Member member = started;
    if (member != null && !member.hasEnded()) {
      member.talk.answer(by);
    }
  }

  @Override
  public void close() {
    Member member = started;
    if (member != null && !member.hasEnded()) {
      try {
        new Succession(config, member).handOver(HAND_OVER);
      } finally {
        member.end("the log is closed", false);
      }
    }
  }

  /** Drops everything at once, as the death of the process would; for tests and demonstrations. */
  public void abort() {
    Member member = started;
    if (member != null) {
      member.end("the log was aborted", true);
    }
  }

  private static <T> CompletableFuture<T> notRunning() {
    return CompletableFuture.failedFuture(new LogUnavailableException("the log is not running"));
  }
}
