/** The replicated log as a port, and the batch codec. */
@NullMarked
package io.ssyncd.log;

import org.jspecify.annotations.NullMarked;
