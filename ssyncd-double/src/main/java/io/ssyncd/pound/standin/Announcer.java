package io.ssyncd.pound.standin;

/** Where a service tells what becomes of its sessions; see {@link SyncStream}. */
interface Announcer {
  int ADD = 2;
  int DELETE = 3;
  int UPDATE = 4;

  /**
   * Sends one frame to the client that listens, if any; blocks while that client does not read.
   *
   * @param action {@link #ADD}, {@link #DELETE} or {@link #UPDATE}
   * @param lastAccess Unix seconds; the low 32 bits are sent
   */
  void announce(
      int action,
      int listener,
      int service,
      int backend,
      byte[] key,
      String content,
      long lastAccess);
}
