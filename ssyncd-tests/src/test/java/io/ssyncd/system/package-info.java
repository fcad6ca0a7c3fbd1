/** System tests: real daemons from the distribution, real doubles, real kernels. */
@NullMarked
package io.ssyncd.system;

import org.jspecify.annotations.NullMarked;
