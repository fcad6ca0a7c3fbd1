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
  void eachThingThatAWriteWouldDoHasRoomForExamplesOfItsOwn() {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.table("t"));
    for (int i = 0; i < 1_000; i++) {
      String address = "192.0.2." + i;
      tally.planned("write", () -> address);
    }
    ScopeReport report = tally.planned("remove", () -> "203.0.113.1").report();

    assertThat(report.planned())
        .hasSize(ScopeReport.MAX_EXAMPLES + 1)
        .contains("write 192.0.2.0", "remove 203.0.113.1");
    assertThat(report.applied()).isZero();
    assertThat(report.examples()).isEmpty();
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
