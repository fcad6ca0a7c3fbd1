package io.ssyncd.log;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one entry; {@link EntryCodec} says how its bytes lie. */
final class EntryDecoder {
  /**
   * The shortest scope and the shortest mutation: so many of them need that many bytes at least.
   */
  private static final int LEAST_BYTES = 3;

  private final ByteReader from;
  private final Interner interner;

  EntryDecoder(byte[] entry, Interner interner) {
    this.from = new ByteReader(entry, 0, entry.length);
    this.interner = interner;
  }

  Entry decode() throws MalformedEntryException {
    try {
      Entry entry = read();
      from.end();
      return entry;
    } catch (IllegalArgumentException refusal) {
      // What makes a name, a feed or a kind lawful is known to their constructors alone.
      throw new MalformedEntryException(from.offset(), refusal);
    }
  }

  private Entry read() throws MalformedEntryException {
    int version = from.u8("version");
    if (version == 0) {
      throw from.malformed("an entry of version 0");
    }
    if (version > EntryCodec.VERSION) {
      throw new UnsupportedEntryException("an entry of version " + version);
    }
    int type = from.u8("type");
    switch (type) {
      case EntryCodec.OPEN:
        return new Entry.Open(member(), from.uuid("request"));
      case EntryCodec.BATCH:
        return batch();
      case EntryCodec.COMMAND:
        return new Entry.Command(from.uuid("request"), operation());
      case EntryCodec.MARK:
        return new Entry.Mark(from.uuid("request"));
      case EntryCodec.RESTORE:
        return new Entry.Restore(from.uuid("request"), restoreStep());
      case EntryCodec.PURGE:
        return purge();
      default:
        throw new UnsupportedEntryException("an entry of type " + type);
    }
  }

  private String member() throws MalformedEntryException {
    String name = interner.name(from.text("name of the ingester"));
    if (name.isEmpty()) {
      throw from.malformed("an ingester without a name");
    }
    return name;
  }

  private Entry batch() throws MalformedEntryException {
    String ingester = member();
    long epoch = from.i64("epoch");
    long sequence = from.i64("sequence");
    return new Entry.Batch(ingester, epoch, sequence, mutations());
  }

  private Entry purge() throws MalformedEntryException {
    int last = from.u8("whether it ends the purge");
    List<Mutation> deletes = mutations();
    if (last > 1 || !deletes.stream().allMatch(Mutation.Delete.class::isInstance)) {
      throw from.malformed("a step of a purge holds deletes and padding, and nothing else");
    }
    long padding = from.u32("length of the padding");
    if (padding > from.left()) {
      throw from.malformed(padding + " bytes of padding in the " + from.left() + " that are left");
    }
    from.zeros((int) padding, "padding");
    return new Entry.Purge(deletes, (int) padding, last == 1);
  }

  private Entry.RestoreStep restoreStep() throws MalformedEntryException {
    int what = from.u8("step");
    switch (what) {
      case EntryCodec.RESTORE_BEGIN:
        return new Entry.RestoreStep.Begin(from.i64("time of the saved table"));
      case EntryCodec.RESTORE_PART:
        int number = positive("number of the part");
        List<Mutation> records = mutations();
        if (!records.stream().allMatch(Mutation.Put.class::isInstance)) {
          throw from.malformed("a part of a restore holds records and nothing else");
        }
        return new Entry.RestoreStep.Part(number, records);
      case EntryCodec.RESTORE_END:
        int parts = (int) from.u32("number of parts");
        return new Entry.RestoreStep.End(
            parts, from.i64("number of records"), from.i64("digest of the records"));
      case EntryCodec.RESTORE_ABANDON:
        return new Entry.RestoreStep.Abandon();
      default:
        throw from.malformed("no step has the code " + what);
    }
  }

  private int positive(String what) throws MalformedEntryException {
    long number = from.u32(what);
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw from.malformed(what + " is " + number);
    }
    return (int) number;
  }

  private List<Mutation> mutations() throws MalformedEntryException {
    Scope[] scopes = new Scope[bounded("scopes", EntryCodec.MAX_SCOPES)];
    Mutation[] mutations = new Mutation[bounded("mutations", EntryCodec.MAX_MUTATIONS)];
    for (int i = 0; i < scopes.length; i++) {
      Kind kind = Kind.ofCode(from.u8("kind"));
      scopes[i] = new Scope(kind, interner.name(from.text("name of the scope")));
    }
    for (int i = 0; i < mutations.length; i++) {
      mutations[i] = mutation(scopes);
    }
    return List.of(mutations);
  }

  private int bounded(String what, int most) throws MalformedEntryException {
    int count = from.u16("number of " + what);
    if (count > most || count * LEAST_BYTES > from.left()) {
      throw from.malformed(
          "a batch of " + count + " " + what + " in the " + from.left() + " bytes that are left");
    }
    return count;
  }

  private Mutation mutation(Scope[] scopes) throws MalformedEntryException {
    int what = from.u8("mutation");
    int position = from.u16("scope of the mutation");
    if (position >= scopes.length) {
      throw from.malformed("scope " + position + " of " + scopes.length);
    }
    Scope scope = scopes[position];
    switch (what) {
      case EntryCodec.PUT:
        return new Mutation.Put(RecordCodec.read(scope, from, interner));
      case EntryCodec.DELETE:
        return new Mutation.Delete(RecordCodec.readKey(scope, from));
      case EntryCodec.CLEAR_SCOPE:
        return new Mutation.ClearScope(scope);
      default:
        throw from.malformed("no mutation has the code " + what);
    }
  }

  private Entry.Operation operation() throws MalformedEntryException {
    int what = from.u8("operation");
    Kind kind = Kind.ofCode(from.u8("kind"));
    switch (what) {
      case EntryCodec.START_FEED:
        return new Entry.Operation.StartFeed(new Feed(kind, name("feed")));
      case EntryCodec.STOP_FEED:
        return new Entry.Operation.StopFeed(new Feed(kind, name("feed")));
      case EntryCodec.CLEAR:
        return new Entry.Operation.Clear(kind, scopeIfAny(kind));
      default:
        throw from.malformed("no operation has the code " + what);
    }
  }

  private @Nullable Scope scopeIfAny(Kind kind) throws MalformedEntryException {
    int present = from.u8("whether there is a scope");
    if (present > 1) {
      throw from.malformed("0 or 1 says whether there is a scope, not " + present);
    }
    return present == 1 ? new Scope(kind, name("scope")) : null;
  }

  private String name(String of) throws MalformedEntryException {
    return interner.name(from.text("name of the " + of));
  }
}
