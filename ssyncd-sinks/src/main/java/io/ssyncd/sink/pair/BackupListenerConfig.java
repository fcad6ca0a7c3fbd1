package io.ssyncd.sink.pair;

import io.ssyncd.log.AddressRange;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Where old backups are served, and which.
 *
 * @param listen an address and port of its own
 * @param allow from where they may come; never empty
 * @param maxWaiting how many changes may wait for one of them
 * @param patience how long one of them may take to read on
 */
public record BackupListenerConfig(
    InetSocketAddress listen, List<AddressRange> allow, int maxWaiting, Duration patience) {
  /** How many are served at once. */
  public static final int MAX_BACKUPS = 8;

  private static final int MAX_WAITING = 1 << 18;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public BackupListenerConfig {
    allow = List.copyOf(allow);
    if (allow.isEmpty()) {
      throw new IllegalArgumentException("nobody would be allowed");
    }
  }

  /** With the usual bounds. */
  public BackupListenerConfig(InetSocketAddress listen, List<AddressRange> allow) {
    this(listen, allow, MAX_WAITING, PATIENCE);
  }

  /** With these bounds. */
  public BackupListenerConfig withBounds(int waiting, Duration longest) {
    return new BackupListenerConfig(listen, allow, waiting, longest);
  }
}
