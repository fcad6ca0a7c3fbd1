package io.ssyncd.session;

/** One change of the table, as sources report it and batches carry it. Immutable. */
public sealed interface Mutation {
  /** The farm or table that changes. */
  Scope scope();

  /** The record is now as given, whatever was there before. */
  record Put(SessionRecord session) implements Mutation {
    @Override
    public Scope scope() {
      return session.key().scope();
    }
  }

  /** The record is gone; nothing happens where it was not. */
  record Delete(SessionKey key) implements Mutation {
    @Override
    public Scope scope() {
      return key.scope();
    }
  }

  /** All records of the scope are gone. */
  record ClearScope(Scope scope) implements Mutation {}
}
