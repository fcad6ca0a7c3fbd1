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
}
