/**
 * The TCP protocol of the original's pair, master and backup: its frames, and what a node does that
 * takes over from an old master.
 */
@NullMarked
package io.ssyncd.source.pair;

import org.jspecify.annotations.NullMarked;
