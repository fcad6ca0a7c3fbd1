/**
 * Beside an old pair: what an operator asks of an old master, the old tool's socket, and what old
 * backups are served.
 */
@NullMarked
package io.ssyncd.daemon.legacy;

import org.jspecify.annotations.NullMarked;
