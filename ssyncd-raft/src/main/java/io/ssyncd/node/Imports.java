package io.ssyncd.node;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.TableView;
import java.util.concurrent.CompletableFuture;

/** Opens imports: into the reign of this node, if there is one. Thread-safe. */
final class Imports {
  private final String member;
  private final NodeLoop loop;
  private final Promotion promotion;
  private final ReplicatedLog raft;
  private final TableView table;

  Imports(String member, NodeLoop loop, Promotion promotion, ReplicatedLog raft, TableView table) {
    this.member = member;
    this.loop = loop;
    this.promotion = promotion;
    this.raft = raft;
    this.table = table;
  }

  /** See {@link SyncNode#beginImport}. */
  CompletableFuture<RecordImport> begin(String name) {
    CompletableFuture<RecordImport> opened = new CompletableFuture<>();
    loop.execute(
        () -> {
          LeaderFeeds leading = promotion.feeds();
          if (leading == null) {
            opened.completeExceptionally(new LogUnavailableException(whyNot()));
          } else {
            opened.complete(leading.open(name, table));
          }
        });
    return opened;
  }

  private String whyNot() {
    String leader = raft.status().leader();
    if (member.equals(leader)) {
      return member + " was elected and has not caught up yet: try again";
    }
    return member + " does not lead: " + (leader == null ? "nobody does" : leader + " does");
  }
}
