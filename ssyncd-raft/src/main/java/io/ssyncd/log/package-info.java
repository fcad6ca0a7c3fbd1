/**
 * The replicated log as a port, {@link io.ssyncd.log.ReplicatedLog}, and the entries that are
 * committed to it, as values and as bytes. Bytes of a release that is out never change: what is new
 * gets a new version or type, see {@link io.ssyncd.log.EntryCodec}.
 */
@NullMarked
package io.ssyncd.log;

import org.jspecify.annotations.NullMarked;
