package io.ssyncd.node;

import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operator's wish to have the table written here.
 *
 * @param kinds which sinks
 * @param scope this farm or table alone; null for all
 * @param dryRun report only
 * @param lastKnown without asking the cluster: what this node holds
 * @param force also into the Pound that this node ingests from
 */
public record WriteRequest(
    Set<Kind> kinds, @Nullable Scope scope, boolean dryRun, boolean lastKnown, boolean force) {
  public WriteRequest {
    kinds = Set.copyOf(kinds);
  }
}
