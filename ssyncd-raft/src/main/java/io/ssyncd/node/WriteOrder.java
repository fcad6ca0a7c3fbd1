package io.ssyncd.node;

import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.Set;

/**
 * What a sink is to write.
 *
 * @param table the state to write
 * @param scopes only these; all that belong to the sink's feed if empty
 * @param dryRun report what would change, and change nothing
 * @param force write although sessions may be lost on the way: into the Pound that this node
 *     ingests from
 * @param fence asked before each chunk
 * @param routine one of many by which a follower is kept current: nothing is said of it that the
 *     last one said, and what is known of the process behind the sink need not be asked anew
 */
public record WriteOrder(
    TableView table,
    Set<Scope> scopes,
    boolean dryRun,
    boolean force,
    Fence fence,
    boolean routine) {
  public WriteOrder {
    scopes = Set.copyOf(scopes);
  }

  /** An order that stands for itself: of a promotion, or of an operator. */
  public WriteOrder(
      TableView table, Set<Scope> scopes, boolean dryRun, boolean force, Fence fence) {
    this(table, scopes, dryRun, force, fence, false);
  }

  /** Whether records of {@code scope} are to be written. */
  public boolean wants(Scope scope) {
    return scopes.isEmpty() || scopes.contains(scope);
  }

  /** Says whether a write may go on. */
  @FunctionalInterface
  public interface Fence {
    /** A fence that always holds: the write of an operator. */
    Fence NONE = () -> true;

    /** False once what the write belongs to is over. */
    boolean holds();

    /** Why it fell, as the end of a sentence; asked once it does not hold. */
    default String why() {
      return "what it belonged to is over";
    }
  }
}
