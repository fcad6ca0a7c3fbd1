/** Session records and their keys: what the cluster keeps. */
@NullMarked
package io.ssyncd.session;

import org.jspecify.annotations.NullMarked;
