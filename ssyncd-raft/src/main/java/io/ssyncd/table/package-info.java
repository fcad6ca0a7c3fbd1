/** The replicated table: apply, counts, digest, snapshot. */
@NullMarked
package io.ssyncd.table;

import org.jspecify.annotations.NullMarked;
