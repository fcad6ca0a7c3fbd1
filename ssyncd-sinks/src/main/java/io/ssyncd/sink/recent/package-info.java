/**
 * Writes entries into the kernel's xt_recent tables, with what its module understands: a {@code
 * WritePlan} says what goes in and what gives way, a {@code TableWrite} carries it out with one of
 * three writers, and {@code ReadBack} holds the rows against the entries afterwards.
 */
@NullMarked
package io.ssyncd.sink.recent;

import org.jspecify.annotations.NullMarked;
