package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ImportTextTest {
  /** Ctrl-C took ten seconds as long as no daemon was reached. */
  @Test
  @Timeout(value = 8, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoStopsAnImportThatWasNotAskedForIsNotKeptWaiting() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    try (ImportText text = new ImportText(new Main(out, out))) {
      text.stopped();
    }
    assertThat(said.size()).isZero();
  }

  @Test
  void theReportSaysWhatWasTakenWhatWasNotAndWhatIsNotKnown() throws Exception {
    String json =
        """
        {"version":1,"master":"10.0.0.1:7777","connected":true,"connections":2,"seconds":12,
        "complete":true,"http":{"frames":12,"added":10,"updated":1,"unchanged":0,"thinned":0,
        "older":0,"expired":0,"removed":0,"held":1,"kept":2,"refused":{"ambiguous-id":1}},
        "recent":{"frames":1,"added":1,"refused":{}},"clearsIgnored":3,
        "scopes":[{"kind":"http","scope":"f\\u001b1","count":10},
        {"kind":"recent","scope":"T1","count":1}],"notes":["ages are too small"]}
        """;
    assertThat(ImportText.report(new ObjectMapper().readTree(json)))
        .contains(
            "old master 10.0.0.1:7777: connected 2 times, 12 s, has told of all that it holds",
            "http: 12 frames: 10 added, 1 updated, 0 unchanged, 0 thinned, 0 older, 0 expired",
            "  deletions: 0 made, 1 wait, 2 not made",
            "  refused, ambiguous-id: 1",
            "clears ignored: 3",
            "http f\\x1b1: 10",
            "recent T1: 1",
            "note: ages are too small");
  }
}
