package io.ssyncd.system;

import io.ssyncd.testkit.Cluster;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows status and logs of all clusters when a test has failed, before they are closed. */
final class ShowsLogsOnFailure implements AfterTestExecutionCallback {
  private static final Logger log = LoggerFactory.getLogger(ShowsLogsOnFailure.class);

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .filter(e -> !String.valueOf(e.getMessage()).contains(Cluster.HEADLINE))
        .ifPresent(e -> log.error("{} failed{}", context.getDisplayName(), Cluster.describeAll()));
  }
}
