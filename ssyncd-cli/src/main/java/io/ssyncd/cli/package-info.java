/**
 * What the command lines of the daemon and of its tool share: how they complain, and how they help.
 */
@NullMarked
package io.ssyncd.cli;

import org.jspecify.annotations.NullMarked;
