package io.ssyncd.table;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Mutation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

/** Feeds a table with entries, as a log would, and takes it through snapshots. */
final class Rig {
  SessionTable table = new SessionTable();
  private long sequence;

  /** A table that lb1 has opened. */
  static Rig opened() {
    Rig rig = new Rig();
    rig.apply(new Entry.Open("lb1", new UUID(0, 1)));
    return rig;
  }

  Outcome apply(Entry entry) {
    return table.apply(table.appliedIndex() + 1, EntryCodec.encode(entry));
  }

  Outcome apply(List<Mutation> mutations) {
    return apply(new Entry.Batch("lb1", table.epoch(), ++sequence, mutations));
  }

  Outcome apply(Mutation... mutations) {
    return apply(List.of(mutations));
  }

  byte[] snapshot() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      table.writeSnapshot(bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SessionTable restored(byte[] snapshot) throws IOException {
    SessionTable table = new SessionTable();
    table.readSnapshot(new ByteArrayInputStream(snapshot));
    return table;
  }
}
