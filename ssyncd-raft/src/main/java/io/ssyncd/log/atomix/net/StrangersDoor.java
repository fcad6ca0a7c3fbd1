package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;

/** Takes the one request of somebody who introduces itself, answers it, and closes. */
final class StrangersDoor extends SimpleChannelInboundHandler<ByteBuf> {
  private final Introductions introductions;
  private final String name;
  private final Complaints complaints;
  private boolean heard;

  StrangersDoor(Introductions introductions, String name, Complaints complaints) {
    this.introductions = introductions;
    this.name = name;
    this.complaints = complaints;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    Frame frame = Frame.decode(in);
    if (heard
        || frame.kind() != Frame.REQUEST
        || !frame.subject().equals(Introductions.SUBJECT)
        || !(context.channel().localAddress() instanceof InetSocketAddress at)) {
      throw new IllegalArgumentException("a stranger may introduce itself, once, and no more");
    }
    heard = true;
    var unused =
        introductions
            .introduced(name, at, frame.payload())
            .whenComplete(
                (bytes, error) -> {
                  Frame answer =
                      error == null
                          ? Frame.answer(frame.id(), bytes)
                          : Frame.failed(frame.id(), String.valueOf(error.getMessage()));
                  var unusedEnd =
                      context
                          .writeAndFlush(answer.encode(context.alloc()))
                          .addListener(ChannelFutureListener.CLOSE);
                });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    complaints.about(context.channel(), "an introduction: " + cause.getMessage());
    Channels.close(context);
  }
}
