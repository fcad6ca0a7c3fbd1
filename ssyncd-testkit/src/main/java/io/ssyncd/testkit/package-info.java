/** Test support shared by the modules: real processes, network namespaces, private mounts. */
@NullMarked
package io.ssyncd.testkit;

import org.jspecify.annotations.NullMarked;
