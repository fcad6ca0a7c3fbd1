/**
 * The control socket: one request a connection, one JSON object a line. The request is an object
 * with a {@code verb}; the reply is any number of {@code {"item":...}} lines and one last line with
 * {@code exit}, and {@code result} or {@code error}.
 */
@NullMarked
package io.ssyncd.daemon.control;

import org.jspecify.annotations.NullMarked;
