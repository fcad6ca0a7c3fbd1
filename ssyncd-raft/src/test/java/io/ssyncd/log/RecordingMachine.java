package io.ssyncd.log;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A state machine that remembers everything it was given, and complains of what it must not be. */
public class RecordingMachine implements StateMachine {
  private final List<Applied> applied = new ArrayList<>();
  private int restores;
  private int snapshots;

  public record Applied(long index, String entry) {}

  @Override
  public synchronized Outcome apply(long index, byte[] entry) {
    if (!applied.isEmpty() && index <= applied.get(applied.size() - 1).index()) {
      throw new IllegalStateException(
          "index " + index + " after " + applied.get(applied.size() - 1));
    }
    String text = new String(entry, StandardCharsets.UTF_8);
    applied.add(new Applied(index, text));
    return text.startsWith("duplicate") ? Outcome.DUPLICATE : Outcome.APPLIED;
  }

  @Override
  public synchronized void writeSnapshot(OutputStream to) throws IOException {
    snapshots++;
    DataOutputStream out = new DataOutputStream(to);
    out.writeInt(applied.size());
    for (Applied one : applied) {
      out.writeLong(one.index());
      byte[] bytes = one.entry().getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    out.flush();
  }

  @Override
  public synchronized void readSnapshot(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    List<Applied> read = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      long index = in.readLong();
      read.add(new Applied(index, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8)));
    }
    applied.clear();
    applied.addAll(read);
    restores++;
  }

  public synchronized List<Applied> all() {
    return new ArrayList<>(applied);
  }

  public synchronized List<String> entries() {
    return applied.stream().map(Applied::entry).toList();
  }

  public synchronized int size() {
    return applied.size();
  }

  public synchronized int restores() {
    return restores;
  }

  public synchronized int snapshots() {
    return snapshots;
  }
}
