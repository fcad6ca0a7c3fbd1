package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.F2;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogMember;
import io.ssyncd.node.Hearing.Silence;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot hear its Pound does not go on leading while another can. */
class DeafLeaderTest {
  @TempDir Path directory;
  TestCluster cluster;

  @AfterEach
  void end() {
    cluster.close();
  }

  private void start(String... names) throws Exception {
    cluster = new TestCluster(directory, names);
    cluster.startAll();
  }

  @Test
  void aLeaderWhosePoundIsDeafHandsLeadershipOn() throws Exception {
    start("a", "b", "c");
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    cluster.f1("a").deaf = true;
    await().atMost(PATIENCE).until(() -> !"a".equals(cluster.log.leader()));
    String heir = cluster.log.leader();
    cluster.awaitState(heir, NodeState.INGESTING);
    cluster.awaitState("a", NodeState.FOLLOWER);
    cluster.f1(heir).see(session("l", 1));
    cluster.awaitCounts(2);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.DEAF_LEADS));
    assertThat(cluster.log.transfers()).containsExactly(heir);
  }

  @Test
  void aMemberThatIsDeafItselfOrHasNoPoundIsNoHeir() throws Exception {
    start("a", "b", "c", "d");
    cluster.f1("b").deaf = true;
    cluster.f1("d").unreachable = true;
    cluster.lead("a");
    awaitNotice("b", Hearing::isDeaf);
    awaitNotice("d", hearing -> hearing.silent().containsValue(Silence.AWAY));
    cluster.f1("a").deaf = true;
    cluster.awaitState("c", NodeState.INGESTING);
    assertThat(cluster.log.transfers()).containsExactly("c");
  }

  @Test
  void whenAllAreDeafTheLeaderGoesOnAndSaysSo() throws Exception {
    start("a", "b", "w");
    cluster.f1("b").deaf = true;
    cluster.lead("a");
    awaitNotice("b", Hearing::isDeaf);
    cluster.f1("a").deaf = true;
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.DEAF_LEADS));
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    assertThat(cluster.log.transfers()).isEmpty();
    assertThat(cluster.node("a").status().state()).isEqualTo(NodeState.INGESTING);
    cluster.f1("b").deaf = false;
    cluster.awaitState("b", NodeState.INGESTING);
    assertThat(cluster.log.transfers()).containsExactly("b");
  }

  @Test
  void anHeirThatIsRefusedIsTriedAgain() throws Exception {
    start("a", "b", "c");
    cluster.lead("a");
    cluster.log.refuseTransfers(true);
    cluster.f1("a").deaf = true;
    await().atMost(PATIENCE).until(() -> cluster.log.transfers().size() >= 2);
    assertThat(cluster.warned("a", WarningCode.DEAF_LEADS)).isTrue();
    cluster.log.refuseTransfers(false);
    await().atMost(PATIENCE).until(() -> !"a".equals(cluster.log.leader()));
  }

  @Test
  void leadershipGoesToWhoHearsMore_notToWhoIsDeafElsewhere() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.feeds = List.of(F1, F2);
    cluster.startAll();
    cluster.endpoint("b", F2).deaf = true;
    cluster.endpoint("c", F2).unreachable = true;
    cluster.lead("a");
    awaitNotice("b", Hearing::isDeaf);
    awaitNotice("c", hearing -> hearing.silent().containsValue(Silence.AWAY));
    cluster.f1("a").deaf = true;
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.DEAF_LEADS));
    assertThat(cluster.log.transfers()).isEmpty();
    cluster.endpoint("a", F2).unreachable = true;
    await().atMost(PATIENCE).until(() -> !"a".equals(cluster.log.leader()));
  }

  @Test
  void leadershipStaysWhereTheAddressIsIfNothingDrawsThatAway() throws Exception {
    InetAddress vip = InetAddress.getByName("10.99.0.1");
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.vip = List.of(vip);
    cluster.tracks = false;
    cluster.addresses.get("a").add(vip);
    cluster.startAll();
    cluster.lead("a");
    cluster.f1("a").deaf = true;
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.DEAF_LEADS));
    assertThat(cluster.log.transfers()).isEmpty();
    cluster.addresses.get("b").add(vip);
    cluster.awaitState("b", NodeState.INGESTING);
  }

  @Test
  void leadershipIsNotHandedBackToADeafHolderOfTheAddress() throws Exception {
    InetAddress vip = InetAddress.getByName("10.99.0.1");
    cluster = new TestCluster(directory, "a", "b");
    cluster.vip = List.of(vip);
    cluster.addresses.get("a").add(vip);
    cluster.startAll();
    cluster.lead("a");
    cluster.f1("a").deaf = true;
    cluster.awaitState("b", NodeState.VERIFIED);
    await().atMost(PATIENCE).until(() -> cluster.track("b").equals("100"));
    await().atMost(PATIENCE).until(() -> cluster.warned("b", WarningCode.VIP_ELSEWHERE));
    assertThat(cluster.log.transfers()).containsExactly("b");
    cluster.f1("a").deaf = false;
    cluster.awaitState("a", NodeState.INGESTING);
    assertThat(cluster.log.transfers()).containsExactly("b", "a");
  }

  @Test
  void anOperatorsHeirIsOneThatHears() throws Exception {
    start("a", "b", "c");
    cluster.f1("b").deaf = true;
    cluster.lead("a");
    awaitNotice("b", Hearing::isDeaf);
    cluster.node("a").transfer(null).get();
    assertThat(cluster.log.leader()).isEqualTo("c");
  }

  /** For a leader that is closed or taken out, or whose disk is full. */
  @Test
  void theLogIsToldToPreferHeirsThatHearAndThenThoseThatAreFurther() throws Exception {
    start("a", "b", "c");
    cluster.f1("c").deaf = true;
    cluster.lead("a");
    awaitNotice("c", Hearing::isDeaf);
    await().atMost(PATIENCE).until(() -> byMerit("c", "b").equals(List.of("c", "b")));
    cluster.f1("c").deaf = false;
    awaitNotice("c", hearing -> !hearing.isDeaf());
    cluster.log.cut("b");
    cluster.f1("a").see(session("k", 1));
    await().atMost(PATIENCE).until(() -> byMerit("b", "c").equals(List.of("b", "c")));
  }

  /** The worse one first. */
  private List<String> byMerit(String... names) {
    return cluster.logs.get("a").members().stream()
        .filter(member -> List.of(names).contains(member.name()))
        .sorted(cluster.logs.get("a").merit())
        .map(LogMember::name)
        .toList();
  }

  /** Waits until the others can know what a member hears. */
  private void awaitNotice(String member, Predicate<Hearing> what) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.logs.get("a").members().stream()
                    .filter(known -> known.name().equals(member))
                    .map(known -> NoticeCodec.decode(known.notice()))
                    .anyMatch(notice -> notice != null && what.test(notice.hearing())));
  }
}
