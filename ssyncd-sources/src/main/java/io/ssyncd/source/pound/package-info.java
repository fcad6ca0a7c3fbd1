/** Pound: its session protocol, the link to a farm, and the source that ingests from it. */
@NullMarked
package io.ssyncd.source.pound;

import org.jspecify.annotations.NullMarked;
