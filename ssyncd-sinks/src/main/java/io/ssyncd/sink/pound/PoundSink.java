package io.ssyncd.sink.pound;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.SessionSink;
import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.Dump;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmFile;
import io.ssyncd.source.pound.FrameEncoder;
import io.ssyncd.source.pound.Mirror;
import io.ssyncd.source.pound.PoundConnection;
import io.ssyncd.source.pound.PoundLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a farm's sessions into its Pound: a dump, what is missing or older there, and a second
 * dump as the read-back; two at most, for dumping under load has crashed 2.8a.15.
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
  /** A dump that ended so lately need not be asked for again: that after connecting, mostly. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final PoundLink link;
  private final Feed feed;
  private final Scope scope;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PoundConnection.MAX_SEND);

  /** A sink that writes through that link. */
  public PoundSink(PoundLink link) {
    this.link = link;
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
    Dump before = look(pound, order.dryRun());
    long now = link.config().clock().millis();
    ScopeReport.Tally tally = new ScopeReport.Tally(scope);
    WritePlan plan =
        WritePlan.of(order.table().records(scope), link.mirror(), before, description, now, tally);
    tally.extra(Math.max(0, link.mirror().size(before) - plan.known()));
    if (order.dryRun()) {
      tally.applied(plan.wanted().size());
    } else if (!plan.wanted().isEmpty()) {
      send(pound, plan.wanted(), order.fence());
      readBack(pound, plan.wanted(), description.config(), tally);
    }
    if (!order.dryRun()) {
      link.written(pound.peer().process());
    }
    return List.of(tally.report());
  }

  private Dump look(PoundConnection pound, boolean dryRun)
      throws IOException, InterruptedException {
    Dump last = pound.settled();
    if (last != null
        && last.proves()
        && (dryRun || System.nanoTime() - last.atNanos() < FRESH.toNanos())) {
      return last;
    }
    return heard(pound.dump(!dryRun));
  }

  private Dump heard(Dump dump) throws IOException {
    if (dump.liveness() == Dump.Liveness.DEAF) {
      throw new IOException(
          feed
              + ": Pound tells of no session (pound-deaf): nothing is known of what it holds;"
              + " restart its worker");
    }
    return dump;
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
      throw new FencedException(progress + " when this node lost the leadership");
    }
    try {
      pound.send(buffer.flip());
    } catch (IOException e) {
      throw new IOException(progress + ": " + e.getMessage(), e);
    }
    buffer.clear();
  }

  private void readBack(
      PoundConnection pound,
      List<HttpSession> sessions,
      @Nullable FarmConfig config,
      ScopeReport.Tally tally)
      throws IOException, InterruptedException {
    Dump after = heard(pound.dump(true));
    Mirror mirror = link.mirror();
    long now = link.config().clock().millis();
    long applied = 0;
    for (HttpSession session : sessions) {
      HttpSession there = mirror.get(session.key(), after);
      if (there != null && WritePlan.asNew(there, session)) {
        applied++;
      } else if (there != null) {
        tally.mismatched("read back otherwise: " + WritePlan.where(session));
      } else if (config != null && config.refusal(session, now).orElse(null) == Reason.EXPIRED) {
        tally.refused(Reason.EXPIRED, WritePlan.where(session));
      } else {
        tally.mismatched("not there: " + WritePlan.where(session));
      }
    }
    tally.applied(applied);
  }

  @Override
  public List<Warning> warnings() {
    return link.farm().warnings();
  }
}
