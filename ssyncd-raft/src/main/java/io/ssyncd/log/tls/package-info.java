/**
 * Certificates of members, without a word on how they are used on the wire: who a certificate
 * names, how files are read and checked, and a small authority for clusters that have none. The JDK
 * alone.
 */
@NullMarked
package io.ssyncd.log.tls;

import org.jspecify.annotations.NullMarked;
