package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leadership follows the address, by keepalived's word and by the host's addresses. */
class FollowVipTest {
  @TempDir Path directory;
  private TestCluster cluster;
  private final Map<String, FileChannel> keepalived = new HashMap<>();

  @BeforeEach
  void make() {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.follow = true;
  }

  @AfterEach
  void end() throws Exception {
    cluster.close();
    for (FileChannel fifo : keepalived.values()) {
      fifo.close();
    }
  }

  private void startHearing() throws Exception {
    cluster.hearsKeepalived = true;
    for (String name : List.of("a", "b", "c")) {
      Path fifo = cluster.fifo(name).orElseThrow();
      NotifyFifoTest.make(fifo);
      keepalived.put(name, NotifyFifoTest.keepalived(fifo));
      say(name, "BACKUP");
    }
    cluster.startAll();
  }

  private void say(String name, String state) throws Exception {
    NotifyFifoTest.say(keepalived.get(name), "INSTANCE \"VI_1\" " + state + " 100\n");
  }

  @Test
  void theNodeThatKeepalivedMakesMasterLeads() throws Exception {
    startHearing();
    cluster.log.elect("a");
    cluster.awaitState("a", NodeState.VERIFIED);
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.VIP_ELSEWHERE));
    say("b", "MASTER");
    cluster.awaitState("b", NodeState.INGESTING);
    cluster.f1("b").see(session("k", 1));
    cluster.awaitCounts(1);
    assertThat(cluster.log.transfers()).containsOnly("b");
    NodeStatus.AddressStatus shown = cluster.node("b").status().address();
    assertThat(shown.vip()).isEqualTo("here");
    assertThat(shown.instances()).containsEntry("VI_1", "MASTER");
    assertThat(shown.moves()).isEqualTo(1);
  }

  /**
   * After a leader's death the address moves while the next one is elected: the first try comes to
   * nothing, and the next one was made five seconds later.
   */
  @Test
  void whoAskedForLeadershipDuringAnElectionAsksAgainSoon() throws Exception {
    cluster.tuning = TestCluster.tuning(Duration.ofMinutes(10));
    startHearing();
    cluster.log.elect("a");
    cluster.awaitState("a", NodeState.VERIFIED);
    cluster.log.refuseTransfers(true);
    say("b", "MASTER");
    // Both the leader, which hands it on, and the one that asks.
    await().atMost(PATIENCE).until(() -> cluster.log.transfers().size() >= 2);
    cluster.log.refuseTransfers(false);
    cluster.awaitState("b", NodeState.INGESTING);
  }

  @Test
  void aMasterThatFallsIntoFaultStopsIngestingAndTheNextMasterLeads() throws Exception {
    startHearing();
    say("a", "MASTER");
    cluster.lead("a");
    say("a", "FAULT");
    cluster.awaitState("a", NodeState.VERIFIED);
    say("c", "MASTER");
    cluster.awaitState("c", NodeState.INGESTING);
    cluster.awaitState("a", NodeState.FOLLOWER);
  }

  @Test
  void anAddressThatFlapsDoesNotTakeLeadershipAlongEachTime() throws Exception {
    cluster.holdDown = Duration.ofMinutes(5);
    startHearing();
    say("a", "MASTER");
    cluster.lead("a");
    say("a", "BACKUP");
    say("b", "MASTER");
    cluster.awaitState("b", NodeState.INGESTING);
    say("b", "BACKUP");
    // It was followed once; from here on it is not, until it has stayed for the hold-down.
    for (int i = 0; i < 3; i++) {
      say("a", "BACKUP");
      await().atMost(PATIENCE).until(() -> vip("a").equals("elsewhere"));
      say("a", "MASTER");
      await().atMost(PATIENCE).until(() -> vip("a").equals("here"));
    }
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.VIP_FLAPS));
    assertThat(cluster.log.leader()).isEqualTo("b");
    assertThat(cluster.log.transfers()).containsOnly("b");
  }

  private String vip(String name) {
    return cluster.node(name).status().address().vip();
  }

  @Test
  void beforeKeepalivedSaysAnythingALeaderIngestsAndWarns() throws Exception {
    cluster.hearsKeepalived = true;
    cluster.startAll();
    cluster.lead("a");
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.VIP_UNKNOWN));
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.NOTIFY_FIFO));
    assertThat(vip("a")).isEqualTo("unknown");
    assertThat(cluster.log.transfers()).isEmpty();
  }

  @Test
  void withAnAddressTheHostIsBelievedAndItsHolderAsks() throws Exception {
    InetAddress address = InetAddress.getByName("10.99.0.1");
    cluster.vip = List.of(address);
    cluster.startAll();
    cluster.addresses.get("a").add(address);
    cluster.lead("a");
    cluster.addresses.get("a").clear();
    cluster.addresses.get("b").add(address);
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(cluster.log.transfers()).containsOnly("b");
  }
}
