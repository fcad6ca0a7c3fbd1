package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.SyncNode;
import java.io.IOException;

/** {@code watch}: a {@link Watch} for each client, as long as it stays. */
final class WatchVerb implements Verb {
  private final SyncNode node;

  WatchVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, NotPermittedException {
    Watch watch = new Watch(ChangeFilter.of(request), Masked.on(node, request, reply));
    node.onApplied(watch);
    try {
      watch.stream(reply, node.table().appliedIndex());
    } finally {
      node.noMore(watch);
    }
  }
}
