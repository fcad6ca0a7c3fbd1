/** Benchmarks of the parts and of the whole. */
@NullMarked
package io.ssyncd.bench;

import org.jspecify.annotations.NullMarked;
