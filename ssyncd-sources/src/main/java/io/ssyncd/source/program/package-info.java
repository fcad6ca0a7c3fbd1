/** Programs that are not ssyncd's and that the daemon runs: hooks, and Pound's own tool. */
@NullMarked
package io.ssyncd.source.program;

import org.jspecify.annotations.NullMarked;
