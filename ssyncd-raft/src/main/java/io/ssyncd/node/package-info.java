/**
 * A member of the cluster: its public face, promotion, and the ports of sources and sinks.
 *
 * <p>{@link io.ssyncd.node.SyncNode} is what others use; they bring {@link
 * io.ssyncd.node.SessionSource} and {@link io.ssyncd.node.SessionSink}. Inside, {@code NodeParts}
 * holds what runs between start and close, {@code Promotion} decides when sinks are written and
 * sources speak, {@code Ingest} brings what they say to the log, {@code OperatorWrites} does what
 * an operator asks for, and {@code FollowerWrites} keeps sinks current while another node leads.
 *
 * <p>All state of promotion and feeds belongs to one thread, {@code ssyncd-node-NAME}, which never
 * waits; others hand it tasks. Beside it there is one that encodes and proposes batches, one that
 * asks the operating system, and one for each sink while it is written. The log's own threads only
 * fence and hand over.
 */
@NullMarked
package io.ssyncd.node;

import org.jspecify.annotations.NullMarked;
