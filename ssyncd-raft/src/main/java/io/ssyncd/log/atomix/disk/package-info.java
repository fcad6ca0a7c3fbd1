/**
 * What the log has promised and what its files hold: ledgers that survive a loss of power, and
 * checks of everything that is found at a start. Atomix writes the files of the log; this room
 * reads them, and knows nothing else of Atomix.
 */
@NullMarked
package io.ssyncd.log.atomix.disk;

import org.jspecify.annotations.NullMarked;
