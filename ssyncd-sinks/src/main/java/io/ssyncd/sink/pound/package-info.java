/** Writes sessions into the local Pound. */
@NullMarked
package io.ssyncd.sink.pound;

import org.jspecify.annotations.NullMarked;
