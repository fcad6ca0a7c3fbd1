/**
 * What the log still tells of a record: which entries changed it, when and how. Nothing is kept for
 * it in memory or in the table; whoever asks waits for the log to be read.
 */
@NullMarked
package io.ssyncd.node.history;

import org.jspecify.annotations.NullMarked;
