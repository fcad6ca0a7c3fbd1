/** The daemon: configuration, control socket, metrics. */
@NullMarked
package io.ssyncd.daemon;

import org.jspecify.annotations.NullMarked;
