package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.diff.TableDiff;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which records differ between two members, whoever is asked. */
class DiffTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.startAll();
    cluster.lead("a");
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  /** Changes of one batch each, so that members can miss one. */
  private void see(String key, long at, int held) {
    cluster.f1("a").see(session(key, at));
    cluster.awaitCount("a", held);
    cluster.awaitCount("b", held);
  }

  private static String key(HttpSession session) {
    return session.key().key().latin1();
  }

  @Test
  void equalTablesDoNotDiffer() throws Exception {
    for (int i = 0; i < 200; i++) {
      cluster.f1("a").see(session("k" + i, i));
    }
    cluster.awaitCounts(200);
    for (String asked : new String[] {"a", "b", "c"}) {
      TableDiff diff = cluster.node(asked).diff("a", "c", 10);
      assertThat(diff.equal()).as("%s", diff).isTrue();
      assertThat(diff.records()).isEmpty();
      assertThat(diff.scopes())
          .containsExactly(new TableDiff.ScopeDiff(Scope.farm("f1"), 200, 200, true));
      assertThat(diff.index()).isPositive();
    }
  }

  @Test
  void theRecordsThatDifferAreNamedWhoeverIsAsked() throws Exception {
    for (int i = 0; i < 100; i++) {
      cluster.f1("a").see(session("k" + i, i));
    }
    cluster.awaitCounts(100);
    cluster.log.garble("c", 1);
    see("missed", 1000, 101);
    for (String asked : new String[] {"a", "b", "c"}) {
      TableDiff diff = cluster.node(asked).diff("a", "c", 10);
      assertThat(diff.equal()).isFalse();
      assertThat(diff.scopes())
          .containsExactly(new TableDiff.ScopeDiff(Scope.farm("f1"), 101, 100, false));
      assertThat(diff.more()).isFalse();
      assertThat(diff.records()).hasSize(1);
      HttpSession only = (HttpSession) Objects.requireNonNull(diff.records().get(0).first());
      assertThat(key(only)).isEqualTo("missed");
      assertThat(diff.records().get(0).second()).isNull();
      assertThat(cluster.node(asked).diff("a", "b", 10).equal()).isTrue();
    }
  }

  @Test
  void noMoreAreNamedThanWereAskedFor() throws Exception {
    see("first", 1, 1);
    cluster.log.garble("c", 1_000);
    for (int i = 0; i < 500; i++) {
      cluster.f1("a").see(session("k" + i, i));
    }
    cluster.awaitCount("a", 501);
    cluster.log.garble("c", 0);
    TableDiff diff = cluster.node("b").diff("c", "b", 20);
    assertThat(diff.records()).hasSize(20).allMatch(each -> each.first() == null);
    assertThat(diff.more()).isTrue();
    TableDiff all = cluster.node("b").diff("c", "b", 10_000);
    assertThat(all.records()).hasSize(500);
    assertThat(all.more()).isFalse();
    assertThat(all.rest()).as("it missed batches").hasSize(2);
  }

  @Test
  void oneAfterTheOtherAreComparedAsOftenAsOneLikes() throws Exception {
    see("k", 1, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(cluster.node("b").diff("a", "c", 1).equal()).isTrue();
    }
  }

  @Test
  void whatCannotBeComparedIsSaid() throws Exception {
    SyncNode b = cluster.node("b");
    assertThatIllegalArgumentException().isThrownBy(() -> b.diff("a", "a", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> b.diff("a", "nobody", 1))
        .withMessageContaining("nobody");
    assertThatIllegalArgumentException().isThrownBy(() -> b.diff("a", "c", 10_001));
    cluster.log.cut("c");
    assertThatExceptionOfType(LogUnavailableException.class)
        .isThrownBy(() -> b.diff("a", "c", 1))
        .withMessageContaining("c");
    cluster.log.cut("a");
    assertThatExceptionOfType(LogUnavailableException.class).isThrownBy(() -> b.diff("a", "b", 1));
  }

  @Test
  void aKeyIsASecretWhereNobodyKnows() {
    assertThat(cluster.node("a").isSecret(ScriptedEndpoint.session("f1", "k", 1).key())).isFalse();
    assertThat(cluster.node("a").isSecret(ScriptedEndpoint.session("f9", "k", 1).key())).isTrue();
  }
}
