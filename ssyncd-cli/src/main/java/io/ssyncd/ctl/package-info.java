/** The operator's tool: commands, their texts and JSON, exit codes. */
@NullMarked
package io.ssyncd.ctl;

import org.jspecify.annotations.NullMarked;
