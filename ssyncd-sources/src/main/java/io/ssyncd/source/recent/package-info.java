/**
 * xt_recent: the format of its tables, the jiffies clock, the source that ingests from them, and
 * the events that tell it of new clients.
 */
@NullMarked
package io.ssyncd.source.recent;

import org.jspecify.annotations.NullMarked;
