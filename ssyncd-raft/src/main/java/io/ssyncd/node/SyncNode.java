package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogFigures;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.node.diff.TableDiff;
import io.ssyncd.node.diff.TableDiffs;
import io.ssyncd.node.history.Histories;
import io.ssyncd.node.history.LogHistory;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster node: the table, the log that replicates it, and the local ends that feed it and are
 * written from it. The public face of the library.
 *
 * <p>Thread-safe.
 */
public final class SyncNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SyncNode.class);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final ReplicatedLog raft;
  private final List<EndpointFactory> endpoints;
  private final VipWatch.Host host;
  private final SessionTable table = new SessionTable();
  private final CompletableFuture<String> halted = new CompletableFuture<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<NodeChange.Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<StatusPart> beside = new CopyOnWriteArrayList<>();
  private volatile @Nullable NodeParts parts;

  /**
   * A node that is not started yet.
   *
   * @param config what it is to be
   * @param log the log it replicates through; closed with the node
   * @param endpoints what opens its local ends; none on a witness
   */
  public SyncNode(NodeConfig config, ReplicatedLog log, List<EndpointFactory> endpoints) {
    this(config, log, endpoints, NodeTuning.defaults(), VipWatch.Host.KERNEL);
  }

  SyncNode(
      NodeConfig config,
      ReplicatedLog log,
      List<EndpointFactory> endpoints,
      NodeTuning tuning,
      VipWatch.Host host) {
    this.config = config;
    this.raft = log;
    this.endpoints = List.copyOf(endpoints);
    this.tuning = tuning;
    this.host = host;
  }

  /**
   * Opens the data directory and joins the cluster; does not wait for a leader.
   *
   * @throws LogRefusedException if the directory, the address or the cluster do not allow it
   */
  public void start() throws LogRefusedException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a node is started once");
    }
    DataDirectory directory =
        DataDirectory.open(
            config.dataDirectory(),
            config.log().cluster(),
            config.name(),
            config.log().pairing().filter(LogConfig.Pairing::alone).isPresent());
    NodeParts made =
        new NodeParts(
            config,
            tuning,
            raft,
            table,
            endpoints,
            host,
            directory,
            new NodeParts.Audience(listeners, beside));
    parts = made;
    try {
      made.ticks.begin();
      raft.start(table, new Listener(made.ticks));
    } catch (LogRefusedException | RuntimeException e) {
      parts = null;
      new NodeEnd(made).end();
      throw e;
    }
    made.ticks.joined();
  }

  /** Hears of the node's first state and of every change, if called before {@link #start}. */
  public void onChange(NodeChange.Listener listener) {
    listeners.add(listener);
  }

  /** Shows something that works beside the node in its status from now on. */
  public void show(StatusPart part) {
    beside.add(part);
  }

  /** The name of the cluster that it is, or wants to be, a member of. */
  public String cluster() {
    return config.log().cluster();
  }

  /** Where the node stands. Never blocks. */
  public NodeStatus status() {
    return running().status.now();
  }

  /** How the sinks stand that are kept current while another node leads. Never blocks. */
  public FollowedSinks followed() {
    return running().followerWrites.status();
  }

  /** How often bounds of the log were reached and strangers refused, by name. Never blocks. */
  public Map<String, Long> counters() {
    return raft.counters();
  }

  /** What the log takes on this host's disk; looks at its directory. */
  public LogFigures logFigures() {
    return raft.figures();
  }

  /** What the cluster holds, as far as this node has applied it. */
  public TableView table() {
    return table;
  }

  /**
   * Which feeds are to be live: what the configuration names and what operators started, less what
   * they stopped, as far as this node has applied it. Never blocks.
   */
  public SortedSet<Feed> wantedFeeds() {
    SortedSet<Feed> wanted = new TreeSet<>(config.feeds());
    wanted.removeAll(table.stoppedFeeds());
    wanted.addAll(table.startedFeeds());
    return wanted;
  }

  /** Hears of every entry that is applied here, from now on. */
  public void onApplied(TableListener listener) {
    table.onApplied(listener);
  }

  /** Hears of nothing more; a call that has begun still ends. */
  public void noMore(TableListener listener) {
    table.noMore(listener);
  }

  /**
   * Writes the table into this host's Pound and kernel. One write at a time: a second one waits.
   *
   * @return the report; never fails but by a bug
   */
  public CompletableFuture<WriteReport> write(WriteRequest request) {
    return running().writes.write(request);
  }

  /**
   * Commits an operator's wish.
   *
   * @return done when this node has applied it; or fails with {@link LogUnavailableException}, or
   *     with {@link IllegalArgumentException} if it cannot be committed at all, or with {@link
   *     UnknownFarmException} if it stops or clears a farm that nobody knows
   */
  public CompletableFuture<Void> execute(Entry.Operation operation) {
    NodeParts now = running();
    return now.farms.check(operation).thenCompose(done -> now.commands.execute(operation));
  }

  /**
   * Drops records from the cluster, and from the kernel's tables of every member that is up; a
   * Pound keeps its sessions, for it knows no way to delete them.
   *
   * @param kind of this kind
   * @param scope of this farm or table alone; null for all of the kind
   * @return how many rows each of this host's tables lost; or fails as {@link #execute} does, or
   *     with an {@link java.io.IOException} if the cluster was cleared but a table could not be
   */
  public CompletableFuture<SortedMap<Scope, Integer>> clear(Kind kind, @Nullable Scope scope) {
    NodeParts now = running();
    if (!config.witness() && !now.clears.isReady()) {
      return CompletableFuture.failedFuture(
          new LogUnavailableException(
              "this node has not caught up with the cluster since its start"));
    }
    return execute(new Entry.Operation.Clear(kind, scope)).thenCompose(done -> now.clears.latest());
  }

  /**
   * Makes the cluster forget records: deletes them on all members, takes them out of the kernel's
   * tables of those that are up, and moves every member's log and snapshot on until no file holds
   * what was before. A Pound keeps its sessions, and files that operators saved are theirs. Blocks,
   * for some seconds.
   *
   * @param which of the records that are held now
   * @param dryRun whether to count them and do nothing
   * @throws LogUnavailableException if it is not known to be done: purge again
   */
  public PurgeReport purge(Predicate<SessionRecord> which, boolean dryRun)
      throws LogUnavailableException, InterruptedException {
    return running().purges.purge(which, dryRun);
  }

  /**
   * Saves what the cluster holds: a barrier, then the records of one index. Blocks.
   *
   * @param to takes the bytes of a {@link SavedTable}; flushed, not closed
   * @return what the file begins with
   * @throws LogUnavailableException without a majority; nothing was written
   * @throws java.io.IOException as {@code to} does
   */
  public SavedTable save(OutputStream to)
      throws IOException, LogUnavailableException, InterruptedException {
    return running().snapshots.save(to);
  }

  /**
   * Replaces the table, on all members, by a saved one, but for records that changed after the
   * save. The table stays as it is until everything is there. Blocks, for as long as the stream
   * comes and is committed; one restore at a time.
   *
   * @param otherCluster whether the table of a cluster of another name is taken
   * @throws io.ssyncd.table.UnusableSnapshotException if the bytes are damaged; says where
   * @throws RestoreRefusedException if they are whole, but not for here
   * @throws LogUnavailableException if it is not known to be committed: restore again
   */
  public RestoreReport restore(InputStream from, boolean otherCluster)
      throws IOException, RestoreRefusedException, LogUnavailableException, InterruptedException {
    return running().snapshots.restore(from, otherCluster);
  }

  /**
   * Drops what a restore that was broken off has gathered, which is shown as a warning. Blocks.
   *
   * @return whether there was any
   */
  public boolean abandonRestore() throws LogUnavailableException, InterruptedException {
    return running().snapshots.abandon();
  }

  /**
   * Has every member note its digest at one entry of the log, and compares them.
   *
   * @return the comparison, in which members out of reach are named; or fails with {@link
   *     LogUnavailableException}
   */
  public CompletableFuture<DigestReport> compareDigests() {
    return running().digests.compare();
  }

  /**
   * Finds out which records two members hold otherwise, at one entry of the log. Blocks.
   *
   * @param most how many differing records are wanted, up to {@link TableDiffs#MAX_RECORDS}
   * @throws IllegalArgumentException if these are not two members
   * @throws LogUnavailableException if no entry can be committed, or one of them does not answer
   */
  public TableDiff diff(String first, String second, int most)
      throws LogUnavailableException, InterruptedException {
    return running().diffs.compare(first, second, most);
  }

  /**
   * Opens a way into the log for records that no source of this host tells of, such as those of
   * another cluster. Only the leader has one.
   *
   * @param name what they come from, for the log
   * @return the way; or fails with {@link LogUnavailableException}, naming who leads
   */
  public CompletableFuture<RecordImport> beginImport(String name) {
    return running().imports.begin(name);
  }

  /**
   * What the log of this member still tells of some records. Blocks, for seconds if the log is
   * long.
   *
   * @param who whose records
   * @param mostChanges how many changes of each are told, up to {@link Histories#MAX_CHANGES}
   * @throws LogUnavailableException if the log is not running, or too many read it
   */
  public LogHistory history(Predicate<SessionKey> who, int mostChanges)
      throws LogUnavailableException, InterruptedException {
    List<SessionKey> held =
        find(who, Histories.MAX_RECORDS).stream().map(SessionRecord::key).toList();
    return running().histories.read(who, held, mostChanges);
  }

  /** The records that the table holds of somebody, as many as are wanted at most. */
  public List<SessionRecord> find(Predicate<SessionKey> who, int most) {
    List<SessionRecord> found = new ArrayList<>();
    for (Scope scope : table.counts().keySet()) {
      for (SessionRecord record : table.records(scope)) {
        if (found.size() < most && who.test(record.key())) {
          found.add(record);
        }
      }
    }
    return found;
  }

  /** The last changes of leader that this node saw, the newest first. Never blocks. */
  public List<LeaderChange> leaderChanges() {
    return running().leaders.newest();
  }

  /** How many changes of records were applied since this process started. Never blocks. */
  public long mutations() {
    return table.mutations();
  }

  /**
   * Whether a record's key is somebody's secret, such as a password; where this host does not know
   * how the service of a session knows its clients, it counts as one. Never blocks.
   */
  public boolean isSecret(SessionKey key) {
    return running().feeds.isSecret(key);
  }

  /**
   * Hands leadership to a member; on a follower, asks the leader to.
   *
   * @param member whom to; null for the reachable voter that traffic comes to, or that is furthest
   * @return done when that member leads; or fails with {@link LogUnavailableException}, or with
   *     {@link IllegalArgumentException} if it cannot lead
   */
  public CompletableFuture<Void> transfer(@Nullable String member) {
    return running().transfers.to(member);
  }

  /**
   * Takes a member into the cluster, or gives one a new address; see {@link
   * ReplicatedLog#addMember}.
   */
  public CompletableFuture<Void> addMember(String name, LogConfig.MemberAddress address) {
    NodeParts unused = running();
    return raft.addMember(name, address);
  }

  /** Takes a member out of the cluster; see {@link ReplicatedLog#removeMember}. */
  public CompletableFuture<Void> removeMember(String name, boolean force) {
    NodeParts unused = running();
    return raft.removeMember(name, force);
  }

  /** Completes with the reason when the node has halted and cannot go on in this process. */
  public CompletableFuture<String> halted() {
    return halted.copy();
  }

  /**
   * Commits what its sources have said, hands leadership on where it can, stops the feeds and
   * leaves. Waits for that, within bounds; may be called more than once.
   */
  @Override
  public void close() {
    NodeParts now = parts;
    if (!closed.compareAndSet(false, true) || now == null) {
      return;
    }
    NodeEnd end = new NodeEnd(now);
    end.quiet();
    raft.close();
    end.end();
    log.info("{} is closed", config.name());
  }

  private NodeParts running() {
    NodeParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the node was not started");
    }
    return now;
  }

  /** Whether clears are carried out here already, for tests. */
  boolean clearsAreReady() {
    return running().clears.isReady();
  }

  /** What was ingested, for tests. */
  IngestCounters ingested() {
    return running().reigns.ingested();
  }

  /** Hears the log. */
  private final class Listener implements LogListener {
    private final NodeTicks to;

    Listener(NodeTicks to) {
      this.to = to;
    }

    @Override
    public void roleChanged(Role role, long term) {
      to.roleChanged(role, term);
    }

    @Override
    public void leaderChanged(@Nullable String leader, long term) {
      log.info("leader of term {}: {}", term, leader == null ? "unknown" : leader);
    }

    @Override
    public void halted(String reason) {
      to.halted(reason);
      halted.complete(reason);
    }
  }
}
