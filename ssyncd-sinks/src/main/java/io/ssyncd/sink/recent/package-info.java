/** Writes entries into the kernel's xt_recent tables. */
@NullMarked
package io.ssyncd.sink.recent;

import org.jspecify.annotations.NullMarked;
