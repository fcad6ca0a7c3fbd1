package io.ssyncd.system;

import io.ssyncd.testkit.Cluster;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Adds status and logs of the clusters to what a test fails with, so that the build's output and
 * the reports show them where they show the failure; also for what happens before and after tests.
 */
final class ShowsLogsOnFailure
    implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

  /** What the daemons said until then. */
  private static final class Daemons extends Exception {
    private static final long serialVersionUID = 1;

    private Daemons(String description) {
      super(description, null, false, false);
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  /** A wait that failed has them in its message; a skipped test has not failed. */
  private static Throwable withLogs(Throwable failure) {
    boolean shown = String.valueOf(failure.getMessage()).contains(Cluster.HEADLINE);
    if (!shown && !(failure instanceof TestAbortedException)) {
      failure.addSuppressed(new Daemons(Cluster.describeAll()));
    }
    return failure;
  }
}
