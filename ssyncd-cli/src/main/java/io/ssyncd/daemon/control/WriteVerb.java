package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.WriteReport;
import io.ssyncd.node.WriteRequest;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** {@code write}: answers with the report of {@link WriteJson}. */
final class WriteVerb implements Verb {
  private final SyncNode node;

  WriteVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException, InterruptedException {
    try {
      WriteReport report = node.write(wish(request)).get();
      reply.result(WriteJson.exit(report), WriteJson.of(report));
    } catch (ExecutionException e) {
      throw new IllegalStateException("a write failed", e.getCause());
    }
  }

  static WriteRequest wish(ObjectNode request) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    request.path("kinds").forEach(word -> kinds.add(Asked.kindOf(word.asText())));
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("write what? http, recent or all");
    }
    Scope scope =
        request.hasNonNull("scope") && kinds.size() == 1
            ? new Scope(kinds.iterator().next(), request.path("scope").asText())
            : null;
    return new WriteRequest(
        kinds,
        scope,
        request.path("dryRun").asBoolean(),
        request.path("lastKnown").asBoolean(),
        request.path("force").asBoolean());
  }
}
