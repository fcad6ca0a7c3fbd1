package io.ssyncd.node.diff;

import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * What a member asks another one about its table. As bytes: {@code version u8 | step u8 | request
 * u64 u64}, then what the step needs; texts as {@link DataOutputStream#writeUTF} has them.
 */
sealed interface Question {
  /** A change of the bytes needs another number; who does not know it refuses. */
  byte VERSION = 1;

  /** Which comparison it belongs to, and which mark freezes the table. */
  UUID request();

  /** Freeze the table when you apply the mark of that request. */
  record Prepare(UUID request) implements Question {}

  /**
   * What do you hold?
   *
   * @param after how many scopes were told already
   */
  record Summary(UUID request, int after) implements Question {}

  /** The digests of a scope's buckets? */
  record Buckets(UUID request, Scope scope, int count) implements Question {}

  /**
   * The records of a bucket?
   *
   * @param after how many of them were told already
   */
  record Records(UUID request, Scope scope, int count, int bucket, int after) implements Question {}

  /** Nothing more will be asked. */
  record Done(UUID request) implements Question {}

  /** The bytes of it. */
  default byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeByte(VERSION);
      to.writeByte(step());
      to.writeLong(request().getMostSignificantBits());
      to.writeLong(request().getLeastSignificantBits());
      if (this instanceof Summary summary) {
        to.writeInt(summary.after());
      } else if (this instanceof Buckets buckets) {
        write(buckets.scope(), to);
        to.writeInt(buckets.count());
      } else if (this instanceof Records records) {
        write(records.scope(), to);
        to.writeInt(records.count());
        to.writeInt(records.bucket());
        to.writeInt(records.after());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private int step() {
    return this instanceof Prepare
        ? 1
        : this instanceof Summary
            ? 2
            : this instanceof Buckets ? 3 : this instanceof Records ? 4 : 5;
  }

  static void write(Scope scope, DataOutputStream to) throws IOException {
    to.writeByte(scope.kind().code());
    to.writeUTF(scope.name());
  }

  static Scope readScope(DataInputStream from) throws IOException {
    int code = from.readByte();
    for (Kind kind : Kind.values()) {
      if (kind.code() == code) {
        return new Scope(kind, from.readUTF());
      }
    }
    throw new IllegalArgumentException("a kind of records that is not known: " + code);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static Question decode(byte[] bytes) {
    try (DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = from.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException("a question of version " + version);
      }
      int step = from.readByte();
      UUID request = new UUID(from.readLong(), from.readLong());
      return switch (step) {
        case 1 -> new Prepare(request);
        case 2 -> new Summary(request, from.readInt());
        case 3 -> new Buckets(request, readScope(from), from.readInt());
        case 4 ->
            new Records(request, readScope(from), from.readInt(), from.readInt(), from.readInt());
        case 5 -> new Done(request);
        default -> throw new IllegalArgumentException("a question of step " + step);
      };
    } catch (IOException e) {
      throw new IllegalArgumentException("a question of " + bytes.length + " bytes: " + e, e);
    }
  }
}
