package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import org.jspecify.annotations.Nullable;

/**
 * An entry that is to be written.
 *
 * @param entry what the cluster holds
 * @param address its address
 * @param before the older row that the kernel holds of it; null if it holds none
 */
record PlannedEntry(RecentEntry entry, RecentAddress address, @Nullable RecentRow before) {}
