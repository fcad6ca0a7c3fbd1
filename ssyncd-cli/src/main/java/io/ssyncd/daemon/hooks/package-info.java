/** Executables that are run when the node's state changes. */
@NullMarked
package io.ssyncd.daemon.hooks;

import org.jspecify.annotations.NullMarked;
