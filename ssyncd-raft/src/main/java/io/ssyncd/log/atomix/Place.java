package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.impl.RaftContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member's place in its cluster: whether it has one, how it takes one, and what it tells a member
 * that has none.
 */
final class Place {
  private final RaftContext context;
  private final ServerThread thread;
  private final Configurations configurations;
  private final Amnesia amnesia;
  private final Standing standing;
  private final Membership membership;
  private final Runnable taken;

  /**
   * @param taken called on the server's thread when a place was taken
   */
  Place(
      RaftContext context,
      ServerThread thread,
      Configurations configurations,
      Amnesia amnesia,
      Standing standing,
      Membership membership,
      Runnable taken) {
    this.context = context;
    this.thread = thread;
    this.configurations = configurations;
    this.amnesia = amnesia;
    this.standing = standing;
    this.membership = membership;
    this.taken = taken;
  }

  /** Whether this member has, or once had, a place in its cluster. */
  boolean formed() {
    return configurations.present();
  }

  /**
   * Takes a place in the cluster; see {@link Admission}.
   *
   * @param voters Raft's configuration; null for a new cluster of those that are configured
   * @param owed where the log has to reach before this member votes as others do
   * @param term the newest term that is known of
   */
  void form(Acquaintance.@Nullable Voters voters, LastEntry owed, long term) {
    thread.execute(
        () -> {
          if (formed()) {
            return;
          }
          if (!owed.equals(LastEntry.EMPTY)) {
            amnesia.owe(owed);
          }
          context.setTerm(term);
          configurations.takeUp(voters == null ? configurations.first() : voters.toConfiguration());
          context.transition(context.getCluster().getMember().getType());
          taken.run();
        });
  }

  /** What a member without a log is told. */
  CompletableFuture<Acquaintance> acquaintance() {
    return standing.onServer(
        () -> {
          LastEntry end = standing.end();
          boolean any = end.index() > 0 || context.getSnapshotStore().getCurrentSnapshot() != null;
          return new Acquaintance(
              any && formed(),
              context.getTerm(),
              end,
              formed()
                  ? Acquaintance.Voters.of(context.getCluster().getConfiguration())
                  : Acquaintance.Voters.NONE,
              membership.roster());
        });
  }
}
