package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.ssyncd.log.SharedKey;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets nobody in who does not prove that it holds the shared key; see {@link KeyExchange}. What it
 * lets in it hands on as a greeting without the key, and leaves the pipeline.
 */
final class KeyDoor extends SimpleChannelInboundHandler<ByteBuf> {
  private final SharedKey key;
  private final NetCounters counters;
  private final BiConsumer<ChannelHandlerContext, Welcome> refuse;
  private KeyExchange.@Nullable Accepting exchange;

  /**
   * @param refuse answers, and closes the connection
   */
  KeyDoor(SharedKey key, NetCounters counters, BiConsumer<ChannelHandlerContext, Welcome> refuse) {
    this.key = key;
    this.counters = counters;
    this.refuse = refuse;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    KeyExchange.Accepting begun = exchange;
    if (begun == null) {
      if (!KeyExchange.isOne(in)) {
        refused(context, "it shows no key, and this member has one: --key-file is not the same");
        return;
      }
      KeyExchange.Accepting greeted = new KeyExchange.Accepting(key, in);
      exchange = greeted;
      var unused = context.writeAndFlush(greeted.nonce(context.alloc()));
    } else if (begun.proves(in)) {
      var unused = context.write(begun.proof(context.alloc()));
      context.pipeline().remove(this);
      ByteBuf plain = begun.hello().encode(context.alloc());
      context.fireChannelRead(plain.skipBytes(2));
    } else {
      refused(context, "the shared key is not the same on both: --key-file");
    }
  }

  private void refused(ChannelHandlerContext context, String why) {
    counters.wrongKeys.increment();
    refuse.accept(context, Welcome.refused(why));
  }
}
