/**
 * Requests and answers between members over TCP: one connection a direction, a greeting that says
 * who speaks to whom in which cluster, frames of bounded size, and a time-out for everything. It
 * stands where Atomix' own messaging stood, which resolves names backwards on its network threads,
 * waits for ever for a greeting that does not come, keeps a dead connection as long as TCP does,
 * and takes a frame of any length from anybody. With TLS both ends show a certificate, and it names
 * the member that speaks.
 */
@NullMarked
package io.ssyncd.log.atomix.net;

import org.jspecify.annotations.NullMarked;
