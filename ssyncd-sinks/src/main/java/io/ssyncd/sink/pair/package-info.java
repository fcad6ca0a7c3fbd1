/** Old backups: what a leader serves them in the protocol of the original's pair. */
@NullMarked
package io.ssyncd.sink.pair;

import org.jspecify.annotations.NullMarked;
