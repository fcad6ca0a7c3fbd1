/** What the daemon is told by its configuration file, and how errors in it are reported. */
@NullMarked
package io.ssyncd.daemon.settings;

import org.jspecify.annotations.NullMarked;
