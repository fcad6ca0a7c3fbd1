/** A stand-in for Pound that dies of whatever kills the real one. */
@NullMarked
package io.ssyncd.pound.standin;

import org.jspecify.annotations.NullMarked;
