package io.ssyncd.node.history;

import io.ssyncd.session.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log tells of one record.
 *
 * @param key whose
 * @param changes the newest ones, oldest first
 * @param older how many changes before these are in the log as well
 * @param origin the change since which the record is where it is: a session with this backend, an
 *     entry in its table. Null if the log does not tell: it was so before the log begins
 * @param certain whether {@code origin} is known to be that one; else the log begins so late that
 *     it may only have repeated what was so before
 */
public record RecordHistory(
    SessionKey key,
    List<RecordChange> changes,
    long older,
    @Nullable RecordChange origin,
    boolean certain) {
  public RecordHistory {
    changes = List.copyOf(changes);
  }
}
