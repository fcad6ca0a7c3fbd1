package io.ssyncd.log.atomix.net;

import io.netty.channel.Channel;
import io.ssyncd.log.MinuteRation;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of strangers, but not more than a few times in a minute: they may be many. Thread-safe. */
final class Complaints {
  private static final Logger log = LoggerFactory.getLogger(Complaints.class);

  private static final int MOST = 10;

  private final String self;
  private final MinuteRation ration = new MinuteRation(MOST);

  /**
   * @param self who complains
   */
  Complaints(String self) {
    this.self = self;
  }

  void about(Channel channel, String what) {
    OptionalLong unsaid = ration.toSay(System.nanoTime());
    if (unsaid.isEmpty()) {
      return;
    }
    if (unsaid.getAsLong() > 0) {
      log.warn("{} more complaints about connections were not written", unsaid.getAsLong());
    }
    log.warn("a connection from {} to {}: {}", channel.remoteAddress(), self, printable(what));
  }

  /** What strangers send must not forge lines of the log. */
  private static String printable(String text) {
    String cut = text.length() > 300 ? text.substring(0, 300) : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
