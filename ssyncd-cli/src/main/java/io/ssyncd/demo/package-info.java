/** Three nodes in one process, each with a Pound of its own, and the death of the leader. */
@NullMarked
package io.ssyncd.demo;

import org.jspecify.annotations.NullMarked;
