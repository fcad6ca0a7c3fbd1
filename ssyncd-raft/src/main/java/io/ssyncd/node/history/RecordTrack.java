package io.ssyncd.node.history;

import io.ssyncd.session.HttpSession;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One record while the log is read. */
final class RecordTrack {
  private final SessionKey key;
  private final int most;
  private final Deque<RecordChange> changes = new ArrayDeque<>();
  private long older;
  private boolean known;
  private boolean certain;
  private @Nullable SessionRecord now;
  private @Nullable RecordChange origin;

  /**
   * @param most how many changes are kept
   * @param fromTheBeginning whether the log is whole, so that the record is not there before it
   */
  RecordTrack(SessionKey key, int most, boolean fromTheBeginning) {
    this.key = key;
    this.most = most;
    this.known = fromTheBeginning;
  }

  void changed(RecordChange change) {
    SessionRecord before = now;
    SessionRecord after = change.record();
    boolean gone = change.what() != RecordChange.What.PUT && known && before == null;
    if (gone && after == null) {
      return; // a deletion of what is not there changes nothing
    }
    now = after;
    if (after == null) {
      origin = null;
    } else if (before == null || !isSamePlace(before, after)) {
      origin = change;
      certain = known;
    }
    known = true;
    if (changes.size() == most) {
      changes.removeFirst();
      older++;
    }
    changes.addLast(change);
  }

  /** What the record is by now, as far as the log has told. */
  @Nullable SessionRecord now() {
    return now;
  }

  private static boolean isSamePlace(SessionRecord before, SessionRecord after) {
    return !(before instanceof HttpSession a)
        || !(after instanceof HttpSession b)
        || a.backend() == b.backend() && a.address().equals(b.address());
  }

  RecordHistory end() {
    List<RecordChange> all = new ArrayList<>(changes);
    return new RecordHistory(key, all, older, origin, origin != null && certain);
  }
}
