package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.AcknowledgedSessions;
import io.ssyncd.testkit.Clients;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.Member;

/** What must hold once a disaster is over. */
final class Healed {
  private Healed() {}

  /**
   * All daemons run, one of them leads, their tables are equal, and no session that any member ever
   * showed is missing. The clients have left.
   *
   * @return the leader
   */
  static Member check(Cluster cluster, AcknowledgedSessions acknowledged, Clients clients) {
    clients.leave();
    Member leader = cluster.awaitLeader();
    cluster.awaitEqual();
    assertThat(cluster.running()).isEqualTo(cluster.members());
    for (Member member : cluster.members()) {
      assertThat(acknowledged.missingIn(member, "f1"))
          .as(
              "what was acknowledged and %s has not, of %d sessions",
              member.name(), acknowledged.count())
          .isEmpty();
    }
    return leader;
  }
}
