package io.ssyncd.table;

import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.UUID;

/**
 * Reads a state that {@link SnapshotWriter} wrote. Whatever is wrong with the bytes is an {@link
 * IOException} that says what and where; memory is taken only for records that have been read.
 */
final class SnapshotReader {
  private final SnapshotInput from;
  private final Interner interner;
  private final TableState state = new TableState();

  private SnapshotReader(InputStream from, Interner interner) {
    this.from = new SnapshotInput(from);
    this.interner = interner;
  }

  static TableState read(InputStream source, Interner interner) throws IOException {
    SnapshotReader reader = new SnapshotReader(source, interner);
    try {
      return reader.read();
    } catch (IllegalArgumentException e) {
      // Names, feeds, kinds and outcomes are checked by those who make them.
      throw reader.from.unusable(String.valueOf(e.getMessage()), e);
    }
  }

  private TableState read() throws IOException {
    if (from.i64("magic number") != SnapshotFormat.MAGIC) {
      throw from.unusable("is no snapshot of a table");
    }
    int version = from.u16("version");
    if (version < 1 || version > SnapshotFormat.VERSION) {
      throw from.unusable("version " + version + ", this release knows " + SnapshotFormat.VERSION);
    }
    state.appliedIndex = from.i64("applied index");
    state.epoch = from.i64("epoch");
    state.sequence = from.i64("sequence");
    if (flag("whether there is an ingester")) {
      state.ingester = interner.name(from.name("ingester"));
    }
    feeds("started feeds", state.started);
    feeds("stopped feeds", state.stopped);
    requests();
    marks();
    if (version > 1) {
      restoring();
    }
    scopes(state.scopes);
    digest();
    from.end();
    return state;
  }

  private boolean flag(String what) throws IOException {
    int flag = from.u8(what);
    if (flag > 1) {
      throw from.unusable(what + " is " + flag);
    }
    return flag == 1;
  }

  private void feeds(String what, Collection<Feed> feeds) throws IOException {
    int count = from.count("number of " + what);
    for (int i = 0; i < count; i++) {
      Kind kind = Kind.ofCode(from.u8(what));
      if (!feeds.add(new Feed(kind, from.name(what)))) {
        throw from.unusable(what + " name one twice");
      }
    }
  }

  private void requests() throws IOException {
    int count = bounded("number of requests", RequestMemory.MAX_REQUESTS);
    for (int i = 0; i < count; i++) {
      UUID request = from.uuid("request");
      long index = from.i64("index of a request");
      Outcome outcome = Outcome.ofCode(from.u8("outcome of a request"));
      if (state.requests.find(request) != null) {
        throw from.unusable("request " + request + " twice");
      }
      state.requests.remember(request, new RequestMemory.Remembered(index, outcome));
    }
  }

  private void marks() throws IOException {
    int count = bounded("number of marks", TableState.MAX_MARKS);
    for (int i = 0; i < count; i++) {
      UUID request = from.uuid("mark");
      long index = from.i64("index of a mark");
      String digest = TableDigest.text(from.i64("digest of a mark"));
      state.marks.addLast(new TableMark(request, index, digest));
    }
  }

  private int bounded(String what, int most) throws IOException {
    int count = from.count(what);
    if (count > most) {
      throw from.unusable(what + " is " + count + ", at most " + most + " are kept");
    }
    return count;
  }

  private void restoring() throws IOException {
    if (flag("whether there is a restore")) {
      UUID request = from.uuid("restore");
      Restoring restoring = new Restoring(request, from.i64("time of a restore"));
      restoring.parts = from.count("parts of a restore");
      scopes(restoring.scopes);
      state.restoring = restoring;
    }
  }

  private void scopes(Scopes to) throws IOException {
    int count = from.count("number of scopes");
    for (int i = 0; i < count; i++) {
      Kind kind = Kind.ofCode(from.u8("kind of a scope"));
      Scope scope = new Scope(kind, interner.name(from.name("name of a scope")));
      if (to.of(scope) != null) {
        throw from.unusable(scope + " twice");
      }
      records(scope, to);
    }
  }

  private void records(Scope scope, Scopes to) throws IOException {
    int count = from.count("number of records of " + scope);
    if (count == 0) {
      throw from.unusable(scope + " without records");
    }
    ScopeTable table = to.open(scope);
    for (int i = 0; i < count; i++) {
      int length = from.u16("length of a record of " + scope);
      byte[] bytes = from.bytes(length, "record of " + scope);
      try {
        table.put(RecordCodec.read(scope, bytes, 0, length, interner));
      } catch (MalformedEntryException e) {
        throw from.unusable("record " + i + " of " + scope + ": " + e.getMessage(), e);
      }
      if (table.size() != i + 1) {
        throw from.unusable("record " + i + " of " + scope + " has the key of another");
      }
    }
  }

  private void digest() throws IOException {
    long written = from.i64("digest");
    long computed = state.digest();
    if (written != computed) {
      throw from.unusable(
          "digest "
              + TableDigest.text(computed)
              + ", but "
              + TableDigest.text(written)
              + " is written");
    }
  }
}
