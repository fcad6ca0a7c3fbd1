package io.ssyncd.log;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Collects mutations, in order, until a batch is full, and encodes them as an {@link Entry.Batch}.
 * Any single mutation fits into an empty batch. Not thread-safe; may be used again after {@link
 * #clear}.
 */
public final class BatchBuilder {
  private static final int FIRST_BYTES = 4 * 1024;

  private final int maxBytes;
  private final int maxMutations;
  private final Map<String, Integer> farms = new HashMap<>();
  private final Map<String, Integer> tables = new HashMap<>();
  private ByteBuffer scopes = ByteBuffer.allocate(256);
  private ByteBuffer mutations = ByteBuffer.allocate(FIRST_BYTES);
  private int count;

  /** With the bounds of {@link EntryCodec}. */
  public BatchBuilder() {
    this(EntryCodec.MAX_ENTRY_BYTES, EntryCodec.MAX_MUTATIONS);
  }

  /**
   * With closer bounds.
   *
   * @param maxBytes of a whole entry, {@link EntryCodec#MIN_BATCH_BYTES} to {@link
   *     EntryCodec#MAX_ENTRY_BYTES}
   * @param maxMutations 1 to {@link EntryCodec#MAX_MUTATIONS}
   */
  public BatchBuilder(int maxBytes, int maxMutations) {
    if (maxBytes < EntryCodec.MIN_BATCH_BYTES || maxBytes > EntryCodec.MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException("a batch of at most " + maxBytes + " bytes");
    }
    if (maxMutations < 1 || maxMutations > EntryCodec.MAX_MUTATIONS) {
      throw new IllegalArgumentException("a batch of at most " + maxMutations + " mutations");
    }
    this.maxBytes = maxBytes;
    this.maxMutations = maxMutations;
  }

  /**
   * Takes a mutation, if there is room for it.
   *
   * @return false if the batch is full: nothing was taken
   * @throws IllegalArgumentException if its farm or table has no lawful name; nothing was taken
   */
  public boolean add(Mutation mutation) {
    if (count == maxMutations) {
      return false;
    }
    Kind kind = kindOf(mutation);
    String name = nameOf(mutation);
    Map<String, Integer> known = kind == Kind.HTTP ? farms : tables;
    Integer scope = known.get(name);
    byte[] newName = scope == null ? EntryCodec.utf8(new Scope(kind, name).name()) : NONE;
    int scopeBytes = scope == null ? 2 + newName.length : 0;
    int mutationBytes = 1 + 2 + bodySize(mutation);
    if (size() + scopeBytes + mutationBytes > maxBytes) {
      return false;
    }
    if (scope == null) {
      if (scopes() == EntryCodec.MAX_SCOPES) {
        return false;
      }
      scope = scopes();
      known.put(name, scope);
      scopes = withRoom(scopes, scopeBytes);
      scopes.put((byte) kind.code()).put((byte) newName.length).put(newName);
    }
    mutations = withRoom(mutations, mutationBytes);
    write(mutation, scope, mutations);
    count++;
    return true;
  }

  private static final byte[] NONE = {};

  /** How many mutations were taken. */
  public int mutations() {
    return count;
  }

  /** Whether none was. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** The most bytes that {@link #encode} would make of them, with the longest ingester's name. */
  public int size() {
    return EntryCodec.MAX_BATCH_HEADER + scopes.position() + mutations.position();
  }

  /** Forgets what was taken. */
  public void clear() {
    farms.clear();
    tables.clear();
    scopes.clear();
    mutations.clear();
    count = 0;
  }

  /**
   * The batch of what was taken; the builder keeps it, until {@link #clear}.
   *
   * @param ingester the member that proposes, 1 to {@link EntryCodec#MAX_MEMBER_BYTES} bytes
   * @param epoch log index of its OPEN
   * @param sequence 1 for the first batch of an epoch, then without gaps
   */
  public byte[] encode(String ingester, long epoch, long sequence) {
    byte[] name = EntryCodec.memberName(ingester);
    int length = EntryCodec.batchHeader(name) + scopes.position() + mutations.position();
    return ByteBuffer.allocate(length)
        .put((byte) EntryCodec.VERSION)
        .put((byte) EntryCodec.BATCH)
        .put((byte) name.length)
        .put(name)
        .putLong(epoch)
        .putLong(sequence)
        .putShort((short) scopes())
        .putShort((short) count)
        .put(scopes.array(), 0, scopes.position())
        .put(mutations.array(), 0, mutations.position())
        .array();
  }

  /**
   * What was taken, which must be puts, as a part of a restore; at most as large as {@link #encode}
   * would make it.
   *
   * @param request names the restore
   * @param number 1 for the first part, then without gaps
   */
  public byte[] encodePart(UUID request, int number) {
    int length = EntryCodec.PART_HEADER + scopes.position() + mutations.position();
    return ByteBuffer.allocate(length)
        .put((byte) EntryCodec.VERSION)
        .put((byte) EntryCodec.RESTORE)
        .putLong(request.getMostSignificantBits())
        .putLong(request.getLeastSignificantBits())
        .put((byte) EntryCodec.RESTORE_PART)
        .putInt(number)
        .putShort((short) scopes())
        .putShort((short) count)
        .put(scopes.array(), 0, scopes.position())
        .put(mutations.array(), 0, mutations.position())
        .array();
  }

  /**
   * What was taken, which must be deletes, as a step of a purge.
   *
   * @param padding bytes that mean nothing, behind them; together at most {@link
   *     EntryCodec#MAX_ENTRY_BYTES}
   * @param last whether it ends the purge
   */
  public byte[] encodePurge(int padding, boolean last) {
    int length = EntryCodec.PURGE_HEADER + scopes.position() + mutations.position() + padding;
    if (padding < 0 || length > EntryCodec.MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException("a step of a purge of " + length + " bytes");
    }
    return ByteBuffer.allocate(length)
        .put((byte) EntryCodec.VERSION)
        .put((byte) EntryCodec.PURGE)
        .put((byte) (last ? 1 : 0))
        .putShort((short) scopes())
        .putShort((short) count)
        .put(scopes.array(), 0, scopes.position())
        .put(mutations.array(), 0, mutations.position())
        .putInt(padding)
        .array();
  }

  private int scopes() {
    return farms.size() + tables.size();
  }

  private static void write(Mutation mutation, int scope, ByteBuffer to) {
    if (mutation instanceof Mutation.Put put) {
      to.put((byte) EntryCodec.PUT).putShort((short) scope);
      RecordCodec.write(put.session(), to);
    } else if (mutation instanceof Mutation.Delete delete) {
      to.put((byte) EntryCodec.DELETE).putShort((short) scope);
      RecordCodec.writeKey(delete.key(), to);
    } else {
      to.put((byte) EntryCodec.CLEAR_SCOPE).putShort((short) scope);
    }
  }

  private static int bodySize(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      return RecordCodec.size(put.session());
    }
    return mutation instanceof Mutation.Delete delete ? RecordCodec.keySize(delete.key()) : 0;
  }

  private static Kind kindOf(Mutation mutation) {
    if (mutation instanceof Mutation.ClearScope clear) {
      return clear.scope().kind();
    }
    return keyOf(mutation) instanceof HttpKey ? Kind.HTTP : Kind.RECENT;
  }

  /** Without making a {@link Scope}: that would cost more than all the rest. */
  private static String nameOf(Mutation mutation) {
    if (mutation instanceof Mutation.ClearScope clear) {
      return clear.scope().name();
    }
    SessionKey key = keyOf(mutation);
    return key instanceof HttpKey http ? http.farm() : ((RecentKey) key).table();
  }

  private static SessionKey keyOf(Mutation mutation) {
    return mutation instanceof Mutation.Put put
        ? put.session().key()
        : ((Mutation.Delete) mutation).key();
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
    if (buffer.remaining() >= bytes) {
      return buffer;
    }
    int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
    return ByteBuffer.allocate(capacity).put(buffer.flip());
  }
}
