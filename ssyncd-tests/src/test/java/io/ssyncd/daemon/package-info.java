/** Daemons that misbehave, for tests. */
@NullMarked
package io.ssyncd.daemon;

import org.jspecify.annotations.NullMarked;
