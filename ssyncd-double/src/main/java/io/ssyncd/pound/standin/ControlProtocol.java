package io.ssyncd.pound.standin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The commands of a stand-in that runs as a process: one a line, each answered by one line that
 * starts with {@code ok} or {@code err} ({@code dump} writes the sessions before it). SERVICE is
 * {@code L/S}, or {@code S} for listener 0, {@code -1/S} for a global one; KEY is text without
 * blanks or {@code hex:...}.
 *
 * <pre>
 * add SERVICE KEY BACKEND     poundctl -N; announced even if the key is there
 * request SERVICE KEY         a client's request: refreshes or makes the session
 * emergency SERVICE KEY       an answer of the Emergency backend that carries the key
 * touch SERVICE KEY           a request that must find its session
 * delete SERVICE KEY          poundctl -n
 * flush L S B                 poundctl -f                                -> ok DELETED
 * killbackend L S B           a failed connect: dead, sessions deleted   -> ok DELETED
 * revive L S B                it answers again
 * disable L S B, enable L S B poundctl -b, -B
 * traffic N [PREFIX]          requests with N keys over all services
 * rate R SECONDS [PREFIX [DISTINCT]]  R requests a second, in the background
 * wait                        for the last rate to end                   -> ok REQUESTS
 * expire                      the sweep, now                             -> ok DELETED
 * dump                        the sessions, L S B KEYHEX CONTENT LASTACCESS, then ok COUNT
 * count                       ok COUNT; never blocks
 * digest                      ok DIGEST, over all sessions with last access, whatever their order
 * stats                       ok name=value ...; never blocks
 * clock N, clock +N, clock real  stop the clock at N, move it, let it run
 * stall, resume               stop and resume receiving
 * stall-after N               stop receiving once N more sessions were written
 * restart-worker              as after a crash, but the pid stays: for another one restart the process
 * quit                        ends the process with 0, as the end of the input does
 * </pre>
 *
 * <p>Used by one thread.
 */
public final class ControlProtocol {
  private final PoundStandIn pound;
  private final AdjustableClock clock;
  private CompletableFuture<Long> rate = CompletableFuture.completedFuture(0L);

  /**
   * For a stand-in.
   *
   * @param clock the one the stand-in was started with
   */
  public ControlProtocol(PoundStandIn pound, AdjustableClock clock) {
    this.pound = pound;
    this.clock = clock;
  }

  /**
   * Does one command.
   *
   * @param out gets the lines of the answer; the last starts with {@code ok} or {@code err}
   */
  public void execute(String line, Consumer<String> out) {
    String answer;
    try {
      answer = answer(new Words(List.of(line.strip().split("[ \t]+"))), out);
    } catch (IllegalArgumentException | IllegalStateException | IOException e) {
      answer = "err " + e.getMessage();
    }
    out.accept(answer);
  }

  private String answer(Words w, Consumer<String> out) throws IOException {
    return switch (w.text()) {
      case "add", "request", "emergency", "touch", "delete" -> session(w);
      case "flush", "killbackend", "revive", "disable", "enable" -> backend(w);
      case "traffic" -> {
        pound.traffic(w.number(), w.textOr("t"));
        yield "ok";
      }
      case "rate" -> rate(w);
      case "wait" -> "ok " + rate.join();
      case "expire" -> "ok " + pound.expire();
      case "dump" -> dump(out);
      case "count" -> "ok " + pound.count();
      case "digest" -> "ok " + pound.digest();
      case "stats" -> stats(pound.stats());
      case "clock" -> clock(w.text());
      case "stall" -> stall(true);
      case "resume" -> stall(false);
      case "stall-after" -> {
        pound.stallAfterWrites(w.number());
        yield "ok";
      }
      case "restart-worker" -> {
        pound.restartWorker();
        yield "ok";
      }
      default -> "err unknown command";
    };
  }

  private String session(Words w) {
    String verb = w.first();
    int[] at = w.service();
    byte[] key = w.key();
    return switch (verb) {
      case "add" -> {
        pound.add(at[0], at[1], key, w.number());
        yield "ok";
      }
      case "request" -> {
        pound.request(at[0], at[1], key);
        yield "ok";
      }
      case "emergency" -> {
        pound.emergencyAnswer(at[0], at[1], key);
        yield "ok";
      }
      case "touch" -> pound.touch(at[0], at[1], key) ? "ok" : "err no such session";
      default -> pound.delete(at[0], at[1], key) ? "ok" : "err no such session";
    };
  }

  private String backend(Words w) {
    String verb = w.first();
    int l = w.number();
    int s = w.number();
    int b = w.number();
    return switch (verb) {
      case "flush" -> "ok " + pound.flush(l, s, b);
      case "killbackend" -> "ok " + pound.killBackend(l, s, b);
      case "revive" -> {
        pound.reviveBackend(l, s, b);
        yield "ok";
      }
      default -> {
        pound.disable(l, s, b, verb.equals("disable"));
        yield "ok";
      }
    };
  }

  private String rate(Words w) {
    int perSecond = w.number();
    Duration duration = Duration.ofSeconds(w.number());
    String prefix = w.textOr("r");
    int distinct = w.more() ? w.number() : Integer.MAX_VALUE;
    rate.cancel(false);
    rate = pound.rate(perSecond, duration, prefix, distinct);
    return "ok";
  }

  private String dump(Consumer<String> out) {
    List<Session> sessions = pound.sessions();
    sessions.forEach(session -> out.accept(session.line()));
    return "ok " + sessions.size();
  }

  private String clock(String to) {
    if (to.equals("real")) {
      clock.reset();
    } else if (to.startsWith("+")) {
      clock.advance(Long.parseLong(to.substring(1)));
    } else {
      clock.set(Long.parseLong(to));
    }
    return "ok";
  }

  private String stall(boolean stalled) {
    pound.stall(stalled);
    return "ok";
  }

  private static String stats(PoundStandIn.Stats s) {
    return "ok connections="
        + s.connections()
        + " listening="
        + s.listening()
        + " deaf="
        + s.deaf()
        + " blocked="
        + s.blocked()
        + " sent="
        + s.sent()
        + " dumps="
        + s.dumps()
        + " writes="
        + s.writes()
        + " dropped="
        + s.dropped()
        + " ignored="
        + s.ignored();
  }

  /** The words of a line, taken one after the other. */
  private static final class Words {
    private final List<String> words;
    private int next;

    Words(List<String> words) {
      this.words = words;
    }

    String first() {
      return words.get(0);
    }

    boolean more() {
      return next < words.size();
    }

    String text() {
      if (!more()) {
        throw new IllegalArgumentException(first() + ": too few words");
      }
      return words.get(next++);
    }

    String textOr(String otherwise) {
      return more() ? text() : otherwise;
    }

    int number() {
      return Integer.parseInt(text());
    }

    /** Listener and service. */
    int[] service() {
      String[] ids = text().split("/", -1);
      return ids.length == 1
          ? new int[] {0, Integer.parseInt(ids[0])}
          : new int[] {Integer.parseInt(ids[0]), Integer.parseInt(ids[1])};
    }

    byte[] key() {
      String text = text();
      return text.startsWith("hex:")
          ? HexFormat.of().parseHex(text.substring(4))
          : text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }
}
