/**
 * Writes entries into the kernel's xt_recent tables, with what its module understands: an {@code
 * OrderedWrite} goes from table to table, a {@code WritePlan} says what goes in and what gives way,
 * a {@code TableWrite} carries it out with one of three writers, and {@code ReadBack} holds the
 * rows against the entries afterwards. An {@code Erasure} is what operators want gone.
 */
@NullMarked
package io.ssyncd.sink.recent;

import org.jspecify.annotations.NullMarked;
