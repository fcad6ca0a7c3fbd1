package io.ssyncd.log.atomix.net;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of strangers, but not more than a few times in a minute: they may be many. Thread-safe. */
final class Complaints {
  private static final Logger log = LoggerFactory.getLogger(Complaints.class);

  private static final int MOST = 10;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final String self;
  private long minuteBegan = System.nanoTime();
  private int said;
  private long unsaid;

  /**
   * @param self who complains
   */
  Complaints(String self) {
    this.self = self;
  }

  void about(Channel channel, String what) {
    long dropped;
    synchronized (this) {
      long now = System.nanoTime();
      dropped = 0;
      if (now - minuteBegan > MINUTE) {
        minuteBegan = now;
        said = 0;
        dropped = unsaid;
        unsaid = 0;
      }
      if (said == MOST) {
        unsaid++;
        return;
      }
      said++;
    }
    if (dropped > 0) {
      log.warn("{} more complaints about connections were not written", dropped);
    }
    log.warn("a connection from {} to {}: {}", channel.remoteAddress(), self, printable(what));
  }

  /** What strangers send must not forge lines of the log. */
  private static String printable(String text) {
    String cut = text.length() > 300 ? text.substring(0, 300) : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
