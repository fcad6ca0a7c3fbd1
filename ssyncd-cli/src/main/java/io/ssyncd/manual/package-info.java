/**
 * Manual pages and completion for shells, made by the build from the commands and settings
 * themselves: what they say cannot differ from what the programs do.
 */
@NullMarked
package io.ssyncd.manual;

import org.jspecify.annotations.NullMarked;
