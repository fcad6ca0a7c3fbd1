/** Rules of the house: which package may use which, checked on the compiled modules. */
@NullMarked
package io.ssyncd.system.house;

import org.jspecify.annotations.NullMarked;
