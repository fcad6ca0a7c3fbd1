package io.ssyncd.sink.pound;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.SessionSink;
import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.Adopt;
import io.ssyncd.source.pound.Dump;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmFile;
import io.ssyncd.source.pound.FrameEncoder;
import io.ssyncd.source.pound.PoundConnection;
import io.ssyncd.source.pound.PoundLink;
import io.ssyncd.source.pound.Poundctl;
import io.ssyncd.source.pound.PoundctlTool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a farm's sessions into its Pound: a dump, what is missing or older there, and a second
 * dump as the read-back; two at most, for dumping under load has crashed 2.8a.15. Where Pound's own
 * tool is configured, that is asked as well, see {@link ReadBack}.
 *
 * <p>Nothing is sent that the farm's configuration, as the running process read it, does not name:
 * a wrong service number kills Pound. Pound cannot delete: what it has beyond the table is counted
 * as extra.
 *
 * <p>While Pound takes a session it tells nothing, so that a write into one that serves traffic
 * loses some of that: the node refuses such a write, unless {@link WriteOrder#force()} says
 * otherwise; this class does not ask.
 */
public final class PoundSink implements SessionSink {
  private static final Logger log = LoggerFactory.getLogger(PoundSink.class);

  /** A dump that ended so lately need not be asked for again: that after connecting, mostly. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final PoundLink link;
  private final Feed feed;
  private final Scope scope;
  private final @Nullable Poundctl poundctl;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PoundConnection.MAX_SEND);

  /** The tool's last failure; null if it did not fail since. */
  private volatile @Nullable Warning toolFailed;

  /**
   * A sink that writes through that link.
   *
   * @param tool asks Pound what it holds after a write, beside its dump
   */
  public PoundSink(PoundLink link, Optional<PoundctlTool> tool) {
    this.link = link;
    this.poundctl =
        tool.map(found -> new Poundctl(found, link.config().maxSessions())).orElse(null);
    this.feed = Feed.farm(link.config().farm());
    this.scope = Scope.farm(link.config().farm());
  }

  @Override
  public Feed feed() {
    return feed;
  }

  @Override
  public synchronized List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    if (!order.wants(scope)) {
      return List.of();
    }
    PoundConnection pound = link.connection();
    link.farm().refresh();
    FarmFile.Description description = link.farm().describing(pound.peer());
    Dump before = look(pound, order);
    long now = link.config().clock().millis();
    ScopeReport.Tally tally = new ScopeReport.Tally(scope);
    WritePlan plan =
        WritePlan.of(order.table().records(scope), link.mirror(), before, description, now, tally);
    long extra = Math.max(0, link.mirror().size(before) - plan.known());
    extra(extra, tally);
    if (order.dryRun()) {
      tally.applied(plan.wanted().size());
      new DryRun(order.table(), link.mirror(), before).describe(plan, extra > 0, tally);
    } else if (!plan.wanted().isEmpty()) {
      send(pound, plan.wanted(), order.fence());
      readBack(pound, plan.wanted(), description.config(), tally);
    }
    if (!order.dryRun()) {
      link.written(pound.peer().process());
    }
    return List.of(tally.report());
  }

  /**
   * What Pound holds: the last dump, and what it told since, do for a dry run, and for a routine
   * write, whose read-back proves that it still tells. Not after a write that was broken off: Pound
   * has told nothing since, so a routine write, which is for Pounds without traffic, has to listen
   * first.
   */
  private Dump look(PoundConnection pound, WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    Dump last = pound.settled();
    boolean telling = pound.isTelling();
    boolean anyAge = order.dryRun() || order.routine();
    if (last != null
        && telling
        && last.proves()
        && (anyAge || System.nanoTime() - last.atNanos() < FRESH.toNanos())) {
      return last;
    }
    Duration pause = link.deafPause(pound);
    if (!pause.isZero()) {
      throw deaf("; it is asked again in " + Math.max(1, pause.toSeconds()) + " s");
    }
    Dump now = heard(pound.dump(!order.dryRun()));
    if (order.routine() && !telling) {
      throw new FencedException(
          feed + ": nothing was written, for Pound told nothing since a write was broken off");
    }
    return now;
  }

  private Dump heard(Dump dump) throws IOException {
    if (dump.liveness() == Dump.Liveness.DEAF) {
      throw deaf("");
    }
    return dump;
  }

  private IOException deaf(String when) {
    return new IOException(
        feed
            + ": Pound tells of no session (pound-deaf): nothing is known of what it holds; restart"
            + " its worker"
            + when);
  }

  private void send(PoundConnection pound, List<HttpSession> sessions, WriteOrder.Fence fence)
      throws IOException, InterruptedException, FencedException {
    int most = pound.sendBytes();
    buffer.clear();
    int sent = 0;
    int inBuffer = 0;
    for (HttpSession session : sessions) {
      if (buffer.position() + FrameEncoder.MAX_FRAME > most && buffer.position() > 0) {
        flush(pound, fence, sent, sessions.size());
        sent += inBuffer;
        inBuffer = 0;
      }
      FrameEncoder.write(session, buffer);
      inBuffer++;
    }
    flush(pound, fence, sent, sessions.size());
  }

  private void flush(PoundConnection pound, WriteOrder.Fence fence, int sent, int all)
      throws IOException, InterruptedException, FencedException {
    String progress = feed + ": " + sent + " of " + all + " sessions were sent";
    if (!fence.holds()) {
      throw new FencedException(progress + ", then the write stopped: " + fence.why());
    }
    try {
      pound.send(buffer.flip());
    } catch (IOException e) {
      throw new IOException(progress + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw calledOff(progress, e);
    }
    buffer.clear();
  }

  private static InterruptedException calledOff(String progress, InterruptedException e) {
    InterruptedException ended = new InterruptedException(progress + " when it was called off");
    ended.initCause(e);
    return ended;
  }

  private void extra(long count, ScopeReport.Tally tally) {
    tally.extra(count);
    if (count > 0) {
      tally.note(
          count
              + " sessions are there that the cluster does not know; "
              + (link.config().adopt() == Adopt.NEWER
                  ? "a node that begins to lead takes them into it"
                  : "they stay out of it until their clients come again (http.adopt = never)"));
    }
  }

  /**
   * The dump also makes Pound tell of its sessions again, which it does not once it was written; so
   * it is asked for even where the tool tells what is there.
   */
  private void readBack(
      PoundConnection pound,
      List<HttpSession> sessions,
      @Nullable FarmConfig config,
      ScopeReport.Tally tally)
      throws IOException, InterruptedException {
    Dump after;
    try {
      after = heard(pound.dump(true));
    } catch (InterruptedException e) {
      int all = sessions.size();
      String progress = feed + ": " + all + " of " + all + " sessions were sent, none read back,";
      throw calledOff(progress, e);
    }
    ReadBack.Listing listing = listing(sessions, tally);
    ReadBack back =
        new ReadBack(link.mirror(), after, listing, config, link.config().clock().millis());
    sessions.forEach(session -> back.judge(session, tally));
  }

  /** What the tool lists of these sessions; null if there is none, or it failed. */
  private ReadBack.@Nullable Listing listing(List<HttpSession> sessions, ScopeReport.Tally tally)
      throws InterruptedException {
    Poundctl tool = poundctl;
    if (tool == null) {
      return null;
    }
    ReadBack.Listing listing = new ReadBack.Listing(feed.name(), sessions);
    try {
      tool.list(listing);
      toolFailed = null;
      return listing;
    } catch (IOException e) {
      String text = feed + ": " + e.getMessage() + "; read back by a dump alone";
      toolFailed = new Warning("poundctl-failed", text);
      log.warn(text);
      tally.note(text);
      return null;
    }
  }

  @Override
  public boolean isUnwritten() {
    return link.isUnwritten();
  }

  @Override
  public List<Warning> warnings() {
    Warning failed = toolFailed;
    List<Warning> farm = link.farm().warnings();
    return failed == null ? farm : Stream.concat(farm.stream(), Stream.of(failed)).toList();
  }
}
