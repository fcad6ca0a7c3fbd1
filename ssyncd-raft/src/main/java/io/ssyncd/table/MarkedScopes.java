package io.ssyncd.table;

import io.ssyncd.session.Scope;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link TableMark} found, farm by farm and table by table: where members' digests differ,
 * this says in which scope. Each member computes it for itself and keeps that of its newest mark;
 * it is in no snapshot.
 *
 * @param index the mark's place in the log
 * @param scopes scopes that held records then
 */
public record MarkedScopes(long index, SortedMap<Scope, Marked> scopes) {
  public MarkedScopes {
    scopes = Collections.unmodifiableSortedMap(new TreeMap<>(scopes));
  }

  /**
   * One scope.
   *
   * @param records how many it held
   * @param digest of these, 16 hexadecimal digits, see {@link TableDigest}
   */
  public record Marked(long records, String digest) {}
}
