/**
 * xt_recent: the format of its tables, the jiffies clock, and the source that ingests from them.
 */
@NullMarked
package io.ssyncd.source.recent;

import org.jspecify.annotations.NullMarked;
