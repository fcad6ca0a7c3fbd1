package io.ssyncd.source.pound;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a farm's Pound is reached and followed. A value object; {@link #of} has the defaults, the
 * {@code with} methods change one.
 *
 * @param socketDirectory where Pound makes its socket; 2.8a.15 always uses {@code /tmp}
 * @param farm the farm's name, see {@link Scope#farm}
 * @param user who may own the socket beside root; if absent, this process's own user and the one
 *     that the farm's pound.cfg names
 * @param maxSessions how many sessions are followed; what comes beyond is counted and left out
 * @param dumpQuiet ends a dump where the kernel does not tell how much of our output is unread
 * @param answerTimeout a Pound that takes and sends nothing for so long does not answer
 * @param reconnect how long to wait before connecting again: the first time, and at most
 * @param deafCheck when a Pound that told of nothing is asked again: the first time, and at most;
 *     each time leaves a session of ours there until its next sweep
 * @param drainQuiet on closing, a connection silent for so long is drained
 * @param closeTimeout how long each step of closing may take
 * @param deleteHold how long a deletion before its time is held back
 * @param thinning how often a refresh is told
 * @param expiry when and how often the leader removes what no Pound deletes
 * @param adopt what becomes of sessions that Pound has when this node begins to lead
 * @param clock this host's
 */
public record PoundLinkConfig(
    Path socketDirectory,
    String farm,
    Optional<String> user,
    int maxSessions,
    Duration dumpQuiet,
    Duration answerTimeout,
    BackOff reconnect,
    BackOff deafCheck,
    Duration drainQuiet,
    Duration closeTimeout,
    Duration deleteHold,
    Thinning thinning,
    Expiry expiry,
    Adopt adopt,
    HostClock clock) {

  /** The directory that Pound 2.8a.15 has built in. */
  public static final Path DEFAULT_DIRECTORY = Path.of("/tmp");

  /** The default of {@code http.max-sessions}. */
  public static final int DEFAULT_MAX_SESSIONS = 2_000_000;

  public PoundLinkConfig {
    Scope.farm(farm);
    if (maxSessions < 1) {
      throw new IllegalArgumentException("max-sessions is 1 or more, not " + maxSessions);
    }
  }

  /**
   * Waiting times between attempts, such as to connect: doubled from {@code least} to {@code most}.
   * A killed worker is back within 10 to 30 ms, and listens 2 s before it serves.
   */
  public record BackOff(Duration least, Duration most) {
    /** From 20 ms to 2 s. */
    public static final BackOff DEFAULT = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(2));

    /** From 5 s to 60 s: Pound's sweep takes away what the one before has left. */
    public static final BackOff DEAF = new BackOff(Duration.ofSeconds(5), Duration.ofSeconds(60));

    /** The wait after {@code failures} failures in a row. */
    Duration after(int failures) {
      long ms = least.toMillis() << Math.min(failures, 20);
      return Duration.ofMillis(Math.min(ms, most.toMillis()));
    }
  }

  /**
   * The leader's own expiry: TTL, thinning interval and {@code grace} after the last access.
   *
   * <p>It is for what no Pound deletes, so it has to come after Pound's own. Pound 2.8a.15 sweeps
   * when 60 s have passed, but looks at its clock only every {@code Alive} seconds: with {@code
   * Alive 59} a sweep comes 118 s after the one before, later if the same thread waits for dead
   * backends. A third minute leaves room for that, and for what Pound tells in whole seconds.
   *
   * @param grace more than the longest time between two sweeps of Pound's
   * @param interval between two looks at the table
   */
  public record Expiry(Duration grace, Duration interval) {
    /** 180 s, and a look each 30 s. */
    public static final Expiry DEFAULT =
        new Expiry(Duration.ofSeconds(180), Duration.ofSeconds(30));
  }

  /** The defaults, for a farm whose socket is in {@code /tmp}. */
  public static PoundLinkConfig of(String farm) {
    return new PoundLinkConfig(
        DEFAULT_DIRECTORY,
        farm,
        Optional.empty(),
        DEFAULT_MAX_SESSIONS,
        Duration.ofMillis(500),
        Duration.ofSeconds(10),
        BackOff.DEFAULT,
        BackOff.DEAF,
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60),
        Thinning.DEFAULT,
        Expiry.DEFAULT,
        Adopt.NEWER,
        HostClock.system());
  }

  /** The farm's socket. */
  public Path socket() {
    return socketDirectory.resolve("ssync_" + farm + ".socket");
  }

  /** With the socket in another directory. */
  public PoundLinkConfig withSocketDirectory(Path value) {
    return with(draft -> draft.socketDirectory = value);
  }

  /** With another owner of the socket. */
  public PoundLinkConfig withUser(Optional<String> value) {
    return with(draft -> draft.user = value);
  }

  /** With another bound of sessions. */
  public PoundLinkConfig withMaxSessions(int value) {
    return with(draft -> draft.maxSessions = value);
  }

  /** With another silence that ends a dump. */
  public PoundLinkConfig withDumpQuiet(Duration value) {
    return with(draft -> draft.dumpQuiet = value);
  }

  /** With more or less patience. */
  public PoundLinkConfig withAnswerTimeout(Duration value) {
    return with(draft -> draft.answerTimeout = value);
  }

  /** With other times at which a deaf Pound is asked again. */
  public PoundLinkConfig withDeafCheck(BackOff value) {
    return with(draft -> draft.deafCheck = value);
  }

  /** With another hold of deletions. */
  public PoundLinkConfig withDeleteHold(Duration value) {
    return with(draft -> draft.deleteHold = value);
  }

  /** With another thinning. */
  public PoundLinkConfig withThinning(Thinning value) {
    return with(draft -> draft.thinning = value);
  }

  /** With another expiry. */
  public PoundLinkConfig withExpiry(Expiry value) {
    return with(draft -> draft.expiry = value);
  }

  /** With another policy on sessions that are there already. */
  public PoundLinkConfig withAdopt(Adopt value) {
    return with(draft -> draft.adopt = value);
  }

  /** With another clock. */
  public PoundLinkConfig withClock(HostClock value) {
    return with(draft -> draft.clock = value);
  }

  private PoundLinkConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.config();
  }

  /** A copy while one value of it is changed. */
  private static final class Draft {
    private Path socketDirectory;
    private String farm;
    private Optional<String> user;
    private int maxSessions;
    private Duration dumpQuiet;
    private Duration answerTimeout;
    private BackOff reconnect;
    private BackOff deafCheck;
    private Duration drainQuiet;
    private Duration closeTimeout;
    private Duration deleteHold;
    private Thinning thinning;
    private Expiry expiry;
    private Adopt adopt;
    private HostClock clock;

    Draft(PoundLinkConfig from) {
      socketDirectory = from.socketDirectory;
      farm = from.farm;
      user = from.user;
      maxSessions = from.maxSessions;
      dumpQuiet = from.dumpQuiet;
      answerTimeout = from.answerTimeout;
      reconnect = from.reconnect;
      deafCheck = from.deafCheck;
      drainQuiet = from.drainQuiet;
      closeTimeout = from.closeTimeout;
      deleteHold = from.deleteHold;
      thinning = from.thinning;
      expiry = from.expiry;
      adopt = from.adopt;
      clock = from.clock;
    }

    PoundLinkConfig config() {
      return new PoundLinkConfig(
          socketDirectory,
          farm,
          user,
          maxSessions,
          dumpQuiet,
          answerTimeout,
          reconnect,
          deafCheck,
          drainQuiet,
          closeTimeout,
          deleteHold,
          thinning,
          expiry,
          adopt,
          clock);
    }
  }
}
