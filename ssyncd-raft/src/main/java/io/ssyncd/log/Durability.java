package io.ssyncd.log;

/** When an entry counts as kept by a member. */
public enum Durability {
  /** When it is on the disk: survives a loss of power. */
  FSYNC,
  /** When the operating system has it: survives the death of the process. */
  OS
}
