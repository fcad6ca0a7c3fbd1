package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Scope;
import org.junit.jupiter.api.Test;

class ScopeReportTest {
  @Test
  void aFaultOfAllRecordsIsTheExampleOfOne() {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.farm("shop"));
    for (int i = 0; i < 50; i++) {
      tally.refused(Reason.NO_CONFIGURATION, "/etc/pound/shop.cfg does not exist");
    }
    tally.refused(Reason.EXPIRED, "a second one");

    ScopeReport report = tally.report();

    assertThat(report.reasons()).containsEntry(Reason.NO_CONFIGURATION, 50L);
    assertThat(report.examples())
        .containsExactly(
            "no-configuration: /etc/pound/shop.cfg does not exist", "expired: a second one");
  }

  @Test
  void eachReasonHasRoomForExamplesOfItsOwn() {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.farm("shop"));
    for (int i = 0; i < 1_000; i++) {
      tally.refused(Reason.UNKNOWN_SERVICE, "session " + i);
    }
    tally.refused(Reason.DISABLED_BACKEND, "session x").mismatched("session y");

    assertThat(tally.report().examples())
        .hasSize(ScopeReport.MAX_EXAMPLES + 2)
        .contains("disabled-backend: session x", "session y");
  }

  @Test
  void whatHasExpiredIsNoRefusal() {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.table("t"));
    tally.refused(Reason.EXPIRED, 3, "older than their time");

    ScopeReport report = tally.report();

    assertThat(report.refused()).isZero();
    assertThat(report.expired()).isEqualTo(3);
    assertThat(report.complete()).isTrue();
    assertThat(report.reasons()).containsEntry(Reason.EXPIRED, 3L);
  }
}
