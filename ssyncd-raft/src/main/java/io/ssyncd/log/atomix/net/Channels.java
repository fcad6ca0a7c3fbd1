package io.ssyncd.log.atomix.net;

import io.netty.channel.ChannelOutboundInvoker;

/** What we do to channels without waiting for it. */
final class Channels {
  private Channels() {}

  /** Closes; nobody needs to know when it is done. */
  static void close(ChannelOutboundInvoker channel) {
    var unused = channel.close();
  }
}
