/** The log on Atomix Raft: the only package that knows Atomix. */
@NullMarked
package io.ssyncd.log.atomix;

import org.jspecify.annotations.NullMarked;
