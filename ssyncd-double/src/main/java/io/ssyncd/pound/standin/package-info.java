/**
 * A stand-in for Pound that dies of whatever kills the real one: {@link
 * io.ssyncd.pound.standin.PoundStandIn} within a JVM, {@link io.ssyncd.pound.standin.Main} as a
 * process of its own. The tests of {@code ssyncd-testkit} hold it and the real Pound 2.8a.15 to the
 * same contracts.
 *
 * <p>On purpose it differs from the real one in this:
 *
 * <ul>
 *   <li>Reading past what was received (a frame split where Pound does not wait for the rest,
 *       garbage) is always death. The real one dies in most cases and else goes on out of step,
 *       loses frames or stores a wrong last access.
 *   <li>A farm name of 27 bytes and more is death at the start. The real one corrupts its heap with
 *       the first announcements and then usually hangs.
 *   <li>A dump walks a copy of each table. The real one walks the table without a lock, and may
 *       crash when sessions are made meanwhile; {@code stats} counts the dumps asked for.
 *   <li>There is no HTTP: requests are calls or commands. The real one serves HTTP two seconds
 *       after its socket is there.
 *   <li>No monitor starts another worker: whoever started the process does.
 * </ul>
 */
@NullMarked
package io.ssyncd.pound.standin;

import org.jspecify.annotations.NullMarked;
