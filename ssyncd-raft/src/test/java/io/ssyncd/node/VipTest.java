package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VipTest {
  @TempDir Path directory;
  TestCluster cluster;
  InetAddress vip;

  @BeforeEach
  void make() throws Exception {
    vip = InetAddress.getByName("10.99.0.1");
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.vip = List.of(vip);
    cluster.startAll();
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void withoutTheAddressALeaderStaysVerifiedAndIsReady() {
    cluster.log.elect("a");
    cluster.awaitState("a", NodeState.VERIFIED);
    await().atMost(PATIENCE).until(() -> cluster.track("a").equals("100"));
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.VIP_ELSEWHERE));
    assertThat(cluster.f1("a").events).containsExactly("write", "wrote");
    assertThat(cluster.log.transfers()).isEmpty();
    cluster.addresses.get("a").add(vip);
    cluster.awaitState("a", NodeState.INGESTING);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.VIP_ELSEWHERE));
    assertThat(cluster.f1("a").ingesting()).isTrue();
  }

  /** As after a split of the network, or where keepalived was killed: both said "address here". */
  @Test
  void anAddressOnTwoHostsIsAWarningOnAll() {
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    assertThat(cluster.warned("a", WarningCode.VIP_TWICE)).isFalse();
    cluster.addresses.get("c").add(vip);
    for (String each : List.of("a", "b", "c")) {
      await().atMost(PATIENCE).until(() -> cluster.warned(each, WarningCode.VIP_TWICE));
    }
    assertThat(cluster.node("b").status().warnings())
        .anyMatch(warning -> warning.text().contains("a and c"));
    cluster.addresses.get("c").clear();
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.VIP_TWICE));
  }

  @Test
  void leadershipFollowsTheAddress() {
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    cluster.addresses.get("a").clear();
    cluster.addresses.get("c").add(vip);
    cluster.awaitState("c", NodeState.INGESTING);
    cluster.awaitState("a", NodeState.FOLLOWER);
    assertThat(cluster.log.transfers()).containsExactly("c");
    assertThat(cluster.f1("c").process).hasSize(1);
  }

  @Test
  void anIdlePoundOfALeaderWithoutTheAddressDeletesNothing() {
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    cluster.log.refuseTransfers(true);
    cluster.addresses.get("a").clear();
    cluster.awaitState("a", NodeState.VERIFIED);
    cluster.f1("a").forget(session("k", 0).key());
    cluster.addresses.get("a").add(vip);
    cluster.awaitState("a", NodeState.INGESTING);
    cluster.awaitCounts(1);
  }

  @Test
  void aHandOverThatFailsIsTriedAgainAfterAPause() {
    cluster.log.refuseTransfers(true);
    cluster.addresses.get("b").add(vip);
    cluster.log.elect("a");
    await().atMost(PATIENCE).until(() -> cluster.log.transfers().size() >= 3);
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.VERIFIED);
    cluster.log.refuseTransfers(false);
    cluster.awaitState("b", NodeState.INGESTING);
  }

  @Test
  void aTransferToNobodyInParticularPrefersTheHolderOfTheAddress() throws Exception {
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.addresses.get("c").add(vip);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              cluster.node("a").transfer(null).get();
              return "c".equals(cluster.log.leader()) || resetTo("a");
            });
  }

  private boolean resetTo(String name) {
    cluster.log.elect(name);
    return false;
  }

  @Test
  void whenTheAddressesCannotBeReadWhatWasKnownStands() {
    AtomicBoolean broken = new AtomicBoolean();
    VipWatch watch =
        new VipWatch(
            List.of(vip),
            address -> {
              if (broken.get()) {
                throw new SocketException("no netlink");
              }
              return true;
            },
            null);
    assertThat(watch.here()).isFalse();
    assertThat(watch.look()).isTrue();
    broken.set(true);
    assertThat(watch.look()).isFalse();
    assertThat(watch.here()).isTrue();
    assertThat(watch.warning()).isNotNull();
    broken.set(false);
    assertThat(watch.look()).isFalse();
    assertThat(watch.warning()).isNull();
  }

  @Test
  void theKernelKnowsLoopback() throws Exception {
    assertThat(VipWatch.Host.KERNEL.has(InetAddress.getByName("127.0.0.1"))).isTrue();
    assertThat(VipWatch.Host.KERNEL.has(InetAddress.getByName("192.0.2.77"))).isFalse();
  }
}
