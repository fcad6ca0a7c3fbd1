/**
 * The replicated table: what every member makes of the entries of the log, and how it is counted,
 * compared (digest) and kept (snapshot). Nothing here knows a clock, a bound of size, or this
 * member's configuration: members would differ. Whoever proposes an entry sees to those.
 */
@NullMarked
package io.ssyncd.table;

import org.jspecify.annotations.NullMarked;
