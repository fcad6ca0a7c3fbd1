package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;

/** Makes what a reign is made of: one way into the log, and a part in it for each live feed. */
final class ReignParts implements PromotionParts {
  private final NodeConfig config;
  private final NodeTuning tuning;
  private final NodeLoop loop;
  private final NodeLoop ingestThread;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final TableLimits limits;
  private final Feeds feeds;
  private final Transfers transfers;
  private final RecordsClock clock;
  private final IngestCounters ingested = new IngestCounters();

  /**
   * @param loop the node's thread
   * @param ingestThread what brings changes to the log runs there
   * @param clock that of whoever stamped the entries of kernel tables
   */
  ReignParts(
      NodeConfig config,
      NodeTuning tuning,
      NodeLoop loop,
      NodeLoop ingestThread,
      ReplicatedLog raft,
      SessionTable table,
      TableLimits limits,
      Feeds feeds,
      Transfers transfers,
      RecordsClock clock) {
    this.config = config;
    this.tuning = tuning;
    this.loop = loop;
    this.ingestThread = ingestThread;
    this.raft = raft;
    this.table = table;
    this.limits = limits;
    this.feeds = feeds;
    this.transfers = transfers;
    this.clock = clock;
  }

  /** What was ingested, over all reigns. */
  IngestCounters ingested() {
    return ingested;
  }

  @Override
  public LeaderFeeds feeds(Reign reign, Promotion of) {
    feeds.reconcile();
    Ingest ingest =
        new Ingest(
            reign,
            config.name(),
            raft,
            table,
            limits,
            ingestThread,
            tuning,
            ingested,
            why -> loop.execute(() -> of.broken(reign, why)),
            intake -> loop.execute(() -> resync(of, intake)));
    return new LeaderFeeds(
        config.promotion().write(),
        config.promotion().deadline(),
        ingest,
        local -> {
          Endpoint endpoint = local.endpoint();
          return endpoint == null
              ? null
              : new LeaderFeed(
                  local, endpoint, reign, ingest, loop, tuning, table, clock, of::advance);
        },
        feeds.all());
  }

  private static void resync(Promotion of, FeedIntake intake) {
    LeaderFeeds leading = of.feeds();
    if (leading != null) {
      leading.resync(intake);
    }
  }

  @Override
  public void handOn() {
    transfers.tickWitness(true);
  }
}
