package io.ssyncd.log;

/**
 * What a log takes on this member's disk.
 *
 * @param segments files of the log
 * @param logBytes what they take; they have their full size from the beginning
 * @param snapshotIndex the last entry in the newest snapshot; 0 if there is none
 * @param snapshotBytes what that takes
 * @param snapshotAtMs when it was taken or received, milliseconds since 1970; 0 if there is none
 */
public record LogFigures(
    int segments, long logBytes, long snapshotIndex, long snapshotBytes, long snapshotAtMs) {

  /** Of a log that keeps nothing on a disk. */
  public static final LogFigures NONE = new LogFigures(0, 0, 0, 0, 0);
}
