package io.ssyncd.log.atomix;

import io.atomix.storage.buffer.BufferInput;
import io.atomix.storage.buffer.BufferOutput;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The state machine behind Atomix' service. All calls come from one thread of the server. Nothing
 * but {@link Halt.HaltedError} leaves a call: see {@link Halt}.
 */
final class Replica {
  private final StateMachine machine;
  private final AppliedIndex applied;
  private final Membership membership;
  private final Halt halt;

  Replica(StateMachine machine, AppliedIndex applied, Membership membership, Halt halt) {
    this.machine = machine;
    this.applied = applied;
    this.membership = membership;
    this.halt = halt;
  }

  /** Applies an entry; the answer is the outcome's byte. */
  byte[] apply(long index, byte[] entry) {
    halt.check();
    try {
      Outcome outcome = machine.apply(index, entry);
      applied.reached(index);
      return new byte[] {(byte) outcome.code()};
    } catch (Throwable cause) {
      throw halt.now(
          "entry "
              + index
              + " of "
              + entry.length
              + " bytes could not be applied ("
              + cause
              + "); this member stops rather than let its table differ",
          cause);
    }
  }

  /** Changes the members; the answer says nothing. */
  byte[] changeMembers(long index, byte[] change) {
    halt.check();
    try {
      membership.apply(index, change);
      return new byte[0];
    } catch (Throwable cause) {
      throw halt.now(
          "entry "
              + index
              + ", which changes the members, could not be applied ("
              + cause
              + "); this member stops rather than believe in others than the rest does",
          cause);
    }
  }

  /** The last index that the state machine has seen: what a barrier has to wait for. */
  byte[] lastIndex() {
    halt.check();
    return ByteBuffer.allocate(Long.BYTES).putLong(applied.get()).array();
  }

  void backup(BufferOutput<?> to) {
    halt.check();
    try {
      SnapshotFrame.writeHeader(to, applied.get());
      // Closed on success only: the end says that the snapshot is whole.
      SnapshotFrame.Writer out = new SnapshotFrame.Writer(to);
      byte[] roster = membership.roster().encode();
      DataOutputStream head = new DataOutputStream(out);
      head.writeInt(roster.length);
      head.write(roster);
      machine.writeSnapshot(out);
      out.close();
    } catch (Throwable cause) {
      throw halt.now(
          "a snapshot at index "
              + applied.get()
              + " could not be written ("
              + cause
              + "); this member stops rather than keep a part of it",
          cause);
    }
  }

  void restore(BufferInput<?> from) {
    halt.check();
    try {
      SnapshotFrame.Header header = SnapshotFrame.readHeader(from);
      SnapshotFrame.Reader in = new SnapshotFrame.Reader(from);
      Roster roster = header.hasMembers() ? readRoster(in) : null;
      machine.readSnapshot(in);
      in.drain();
      if (roster != null) {
        membership.adopt(roster);
      }
      applied.reached(header.lastIndex());
    } catch (Throwable cause) {
      throw halt.now(
          "the snapshot could not be read ("
              + cause
              + "); this member stops: empty its data directory so that it fills itself from the"
              + " others",
          cause);
    }
  }

  private static Roster readRoster(InputStream in) throws IOException {
    DataInputStream head = new DataInputStream(in);
    int length = head.readInt();
    if (length < 0 || length > Roster.MAX_BYTES) {
      throw new IOException("a roster of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    head.readFully(bytes);
    return Roster.decode(bytes);
  }
}
