package io.ssyncd.sink.recent;

/** What a kernel's xt_recent understands. */
enum Command {
  /** {@code +addr} alone: presence, seen now. */
  STOCK,
  /** The older restore command: one entry a write, IPv4 only, into a row that is not there. */
  LEGACY,
  /** This project's restore command: many lines a write, each entry whole. */
  RESTORE
}
