/**
 * Which records differ between two members. Each freezes its table at one entry of the log, a mark;
 * the member that was asked compares the digests of their scopes, then of buckets of records where
 * these differ, then the records of buckets that differ. {@link io.ssyncd.node.diff.TableDiffs}
 * asks and answers; {@code FrozenTables} holds what is compared.
 */
@NullMarked
package io.ssyncd.node.diff;

import org.jspecify.annotations.NullMarked;
