/** A member of the cluster: its public face, promotion, and the ports of sources and sinks. */
@NullMarked
package io.ssyncd.node;

import org.jspecify.annotations.NullMarked;
