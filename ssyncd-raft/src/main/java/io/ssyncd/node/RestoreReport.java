package io.ssyncd.node;

import io.ssyncd.table.SavedTable;

/**
 * A restore that is done.
 *
 * @param saved what was restored
 * @param index the entry that put it in the table's place
 * @param kept records of the table that changed after the save, and stayed
 */
public record RestoreReport(SavedTable saved, long index, long kept) {}
