package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The end of a reply.
 *
 * @param exit the exit code that the daemon gives it
 * @param result what was asked for, other than items
 */
record Answer(int exit, ObjectNode result) {}
