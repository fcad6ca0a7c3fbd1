/** The daemon's figures for Prometheus. */
@NullMarked
package io.ssyncd.daemon.metrics;

import org.jspecify.annotations.NullMarked;
