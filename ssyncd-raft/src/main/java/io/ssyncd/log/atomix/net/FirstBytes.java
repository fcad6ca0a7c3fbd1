package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds out whether who connects speaks TLS, as we do, or does not, as we don't; leaves the
 * pipeline if so. Otherwise says so in plain text, which a member in plain text reads and one with
 * TLS stumbles over, and closes.
 */
final class FirstBytes extends ByteToMessageDecoder {
  /** A record of the handshake, of any version of TLS (RFC 8446, 5.1). */
  private static final int TLS_HANDSHAKE = 0x1603;

  private final boolean tls;
  private final BiConsumer<ChannelHandlerContext, String> onRefused;
  private boolean refused;

  /**
   * @param tls whether we speak TLS
   * @param onRefused told before the connection is closed
   */
  FirstBytes(boolean tls, BiConsumer<ChannelHandlerContext, String> onRefused) {
    this.tls = tls;
    this.onRefused = onRefused;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < 2) {
      return;
    }
    if ((in.getUnsignedShort(in.readerIndex()) == TLS_HANDSHAKE) == tls) {
      context.pipeline().remove(this);
      return;
    }
    refused = true;
    in.skipBytes(in.readableBytes());
    String why =
        tls ? "it speaks plain text, this member TLS" : "it speaks TLS, this member plain text";
    onRefused.accept(context, why);
    var unused =
        context
            .writeAndFlush(
                Welcome.refused(
                        tls
                            ? "this member speaks TLS: cluster.tls is not the same on both"
                            : "this member speaks plain text: cluster.tls is not the same on both")
                    .encode(context.alloc()))
            .addListener(ChannelFutureListener.CLOSE);
  }
}
