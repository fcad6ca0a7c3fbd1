package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.SortedMap;

/**
 * {@code clear}: the document names what went out of this host's kernel as well, by table, as
 * {@code emptied}.
 */
final class ClearVerb implements Verb {
  private final SyncNode node;

  ClearVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    Kind kind = Asked.kind(request);
    Scope scope = Asked.scope(request);
    boolean unheld =
        kind == Kind.RECENT && scope != null && !node.table().counts().containsKey(scope);
    SortedMap<Scope, Integer> cleared = Wish.granted(node.clear(kind, scope));
    if (unheld && cleared.isEmpty()) {
      reply.error(
          Exit.REFUSED, "neither the cluster nor this host's kernel has anything of " + scope);
      return;
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("first", false);
    ObjectNode emptied = result.putObject("emptied");
    cleared.forEach((table, rows) -> emptied.put(table.name(), rows));
    reply.result(Exit.OK, result);
  }
}
