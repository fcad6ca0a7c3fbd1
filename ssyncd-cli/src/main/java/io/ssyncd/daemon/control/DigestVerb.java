package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.DigestReport;
import io.ssyncd.node.SyncNode;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** {@code digest}: answers with the comparison of {@link DigestJson}. */
final class DigestVerb implements Verb {
  private final SyncNode node;

  DigestVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    try {
      DigestReport report = node.compareDigests().get();
      reply.result(DigestJson.exit(report), DigestJson.of(report));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LogUnavailableException unavailable) {
        throw unavailable;
      }
      throw new IllegalStateException("a comparison failed", e.getCause());
    }
  }
}
