/**
 * Writes sessions into the local Pound: compares by a dump, sends what is missing or older and what
 * the farm's configuration allows, reads back by a second dump. {@link
 * io.ssyncd.sink.pound.PoundEndpoint} puts source and sink of a farm on one link.
 */
@NullMarked
package io.ssyncd.sink.pound;

import org.jspecify.annotations.NullMarked;
