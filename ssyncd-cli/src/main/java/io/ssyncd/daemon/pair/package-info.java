/**
 * A pair without a configuration file: {@code ssyncd -M} and {@code ssyncd -B -a IP}, as the old
 * daemon was started. What the flags leave open is found out, and kept in the data directory: the
 * cluster's name, who the members are, which key they share. {@code docs/decisions} says why it is
 * so.
 */
@NullMarked
package io.ssyncd.daemon.pair;

import org.jspecify.annotations.NullMarked;
