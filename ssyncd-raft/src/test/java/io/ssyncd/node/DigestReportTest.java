package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.DigestReport.Result;
import io.ssyncd.node.DigestReport.Told;
import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes.Marked;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DigestReportTest {
  private static final String A = "000000000000000a";
  private static final String B = "000000000000000b";

  private static Told told(String member, long index, String digest) {
    return told(member, index, digest, true, false);
  }

  private static Told told(
      String member, long index, String digest, boolean reachable, boolean leads) {
    return new Told(
        member, reachable, leads, new Notice.Marked(index, digest, true, new TreeMap<>()));
  }

  private static List<Result> results(DigestReport report) {
    return report.members().stream().map(DigestReport.Member::result).toList();
  }

  @Test
  void onlyDigestsOfOneIndexAreCompared() {
    DigestReport report =
        DigestReport.of(List.of(told("a", 9, B), told("b", 7, A), told("c", 7, A)), 0);
    assertThat(report.index()).isEqualTo(7);
    assertThat(results(report)).containsExactly(Result.BEHIND, Result.EQUAL, Result.EQUAL);
    assertThat(report.differs()).isFalse();
  }

  @Test
  void anOlderIndexThanWantedIsNone() {
    DigestReport report =
        DigestReport.of(List.of(told("a", 9, A), told("b", 7, A), told("c", 7, A)), 8);
    assertThat(report.index()).isEqualTo(9);
    assertThat(report.waits(8)).isTrue();
    assertThat(DigestReport.of(List.of(told("b", 7, A)), 8).index()).isZero();
  }

  @Test
  void amongTwoTheLeaderIsRight() {
    DigestReport report = DigestReport.of(List.of(told("a", 7, A), told("b", 7, B, true, true)), 0);
    assertThat(results(report)).containsExactly(Result.DIFFERS, Result.EQUAL);
    assertThat(report.difference()).isEqualTo("a: " + A + "; b: " + B);
  }

  @Test
  void whoIsOutOfReachIsNotCompared() {
    DigestReport report =
        DigestReport.of(List.of(told("a", 7, A), told("b", 7, B, false, true)), 0);
    assertThat(results(report)).containsExactly(Result.EQUAL, Result.UNREACHABLE);
    assertThat(report.equal()).isFalse();
  }

  @Test
  void aScopeThatAWholeListLacksIsEmptyAndElseUnknown() {
    TreeMap<Scope, Marked> one = new TreeMap<>();
    one.put(Scope.farm("f1"), new Marked(3, B));
    DigestReport report =
        DigestReport.of(
            List.of(
                new Told("a", true, true, new Notice.Marked(7, B, true, one)),
                told("b", 7, A),
                new Told("c", true, false, new Notice.Marked(7, B, false, new TreeMap<>()))),
            0);
    assertThat(report.scopes().get(0).members())
        .extracting(DigestReport.ScopeDigest::result)
        .containsExactly(Result.EQUAL, Result.DIFFERS, Result.UNKNOWN);
    assertThat(report.difference()).endsWith("in http f1");
  }

  @Test
  void nobodyHasMarkedYet() {
    DigestReport report = DigestReport.of(List.of(new Told("a", true, true, null)), 0);
    assertThat(report.index()).isZero();
    assertThat(report.digest()).isNull();
    assertThat(results(report)).containsExactly(Result.BEHIND);
  }
}
