/**
 * What the command lines of the daemon and of its tool share: how they complain, how they help, and
 * the old words in which both list what there is.
 */
@NullMarked
package io.ssyncd.cli;

import org.jspecify.annotations.NullMarked;
