package io.ssyncd.node.history;

import io.ssyncd.log.Entry;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Goes through the entries of a log in their order, and notes what they did to some records. */
final class HistoryScan {
  private final Predicate<SessionKey> who;
  private final int mostRecords;
  private final int mostChanges;
  private final Collection<SessionKey> held;
  private final Map<SessionKey, RecordTrack> tracks = new LinkedHashMap<>();
  private Fence fence = new Fence(1);
  private boolean whole = true;
  private boolean more;

  /** What a restore brought so far of the records that are looked for; null outside of one. */
  private @Nullable Map<SessionKey, SessionRecord> restoring;

  private @Nullable UUID restore;

  /**
   * @param who whose records are looked for
   * @param held those that are there now
   */
  HistoryScan(
      Predicate<SessionKey> who, Collection<SessionKey> held, int mostRecords, int mostChanges) {
    this.who = who;
    this.held = held;
    this.mostRecords = mostRecords;
    this.mostChanges = mostChanges;
    begin(1);
  }

  /** The log begins here; all that was noted before is void. */
  void begin(long index) {
    fence = new Fence(index);
    whole = index <= 1;
    more = false;
    tracks.clear();
    restoring = null;
    for (SessionKey key : held) {
      RecordTrack unused = track(key);
    }
  }

  void entry(long index, long atMs, Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      batch(index, atMs, batch);
    } else if (entry instanceof Entry.Open open) {
      if (fence.passes(open.request())) {
        fence.opened(index, open.ingester());
      }
    } else if (entry instanceof Entry.Command command) {
      if (fence.passes(command.request())
          && command.operation() instanceof Entry.Operation.Clear clear) {
        clear(index, atMs, clear.kind(), clear.scope());
      }
    } else if (entry instanceof Entry.Restore step) {
      restore(index, atMs, step);
    } else if (entry instanceof Entry.Purge purge) {
      for (Mutation mutation : purge.deletes()) {
        if (mutation instanceof Mutation.Delete delete) {
          note(delete.key(), new RecordChange(index, atMs, RecordChange.What.DELETE, null));
        }
      }
    }
  }

  private void batch(long index, long atMs, Entry.Batch batch) {
    if (fence.refutes(batch)) {
      tracks.clear();
      for (SessionKey key : held) {
        RecordTrack unused = track(key);
      }
    }
    if (!fence.passes(batch)) {
      return;
    }
    for (Mutation mutation : batch.mutations()) {
      if (mutation instanceof Mutation.Put put) {
        SessionRecord record = put.session();
        note(record.key(), new RecordChange(index, atMs, RecordChange.What.PUT, record));
      } else if (mutation instanceof Mutation.Delete delete) {
        note(delete.key(), new RecordChange(index, atMs, RecordChange.What.DELETE, null));
      } else {
        clear(index, atMs, mutation.scope().kind(), mutation.scope());
      }
    }
  }

  private void note(SessionKey key, RecordChange change) {
    if (who.test(key)) {
      RecordTrack track = track(key);
      if (track != null) {
        track.changed(change);
      }
    }
  }

  private @Nullable RecordTrack track(SessionKey key) {
    RecordTrack track = tracks.get(key);
    if (track == null) {
      if (tracks.size() >= mostRecords) {
        more = true;
        return null;
      }
      track = new RecordTrack(key, mostChanges, whole);
      tracks.put(key, track);
    }
    return track;
  }

  private void clear(long index, long atMs, Kind kind, @Nullable Scope scope) {
    tracks.forEach(
        (key, track) -> {
          Scope its = key.scope();
          if (its.kind() == kind && (scope == null || scope.equals(its))) {
            track.changed(new RecordChange(index, atMs, RecordChange.What.CLEAR, null));
          }
        });
  }

  private void restore(long index, long atMs, Entry.Restore entry) {
    Entry.RestoreStep step = entry.step();
    if (step instanceof Entry.RestoreStep.Begin) {
      if (!entry.request().equals(restore)) {
        restore = entry.request();
        restoring = new HashMap<>();
      }
      return;
    }
    Map<SessionKey, SessionRecord> brought = restoring;
    if (brought == null || !entry.request().equals(restore)) {
      return; // it began before the log does, or another has taken its place
    }
    if (step instanceof Entry.RestoreStep.Part part) {
      for (Mutation mutation : part.records()) {
        if (mutation instanceof Mutation.Put put && who.test(put.session().key())) {
          brought.put(put.session().key(), put.session());
        }
      }
      return;
    }
    restoring = null;
    if (step instanceof Entry.RestoreStep.End) {
      restored(index, atMs, brought);
    }
  }

  /** What changed after the save stays as it is, which the log alone does not tell: see there. */
  private void restored(long index, long atMs, Map<SessionKey, SessionRecord> brought) {
    fence.opened(index, null);
    brought.keySet().forEach(this::track);
    tracks.forEach(
        (key, track) -> {
          SessionRecord saved = brought.get(key);
          if (saved != null || track.now() != null) {
            track.changed(new RecordChange(index, atMs, RecordChange.What.RESTORED, saved));
          }
        });
  }

  boolean more() {
    return more;
  }

  List<RecordHistory> end() {
    List<RecordHistory> all = new ArrayList<>();
    tracks.values().forEach(track -> all.add(track.end()));
    return all;
  }
}
